-- What MAME knows of one field of an input port, and whether Lua can hold it at a value.

local json = require("toolkit.json")

local fields = {}

-- Lua is not told the range of an adjuster. MAME makes it 8 bits wide, from 0 to 100, unless its driver says
-- otherwise. Wider ones have ranges of their own: these are the monitor's of the machines without a processor, such as
-- pong (MAME's src/devices/video/fixfreq.cpp). Of others all that is known is what fits their bits.
local ADJUSTER_MASK, ADJUSTER_MAXIMUM = 0xff, 100
local MONITOR = {
	["Monitor - H Visible"] = { 10, 1000 },
	["Monitor - H Front porch width"] = { 1, 100 },
	["Monitor - H Sync width"] = { 1, 100 },
	["Monitor - H Back porch width"] = { 1, 1000 },
	["Monitor - V Visible"] = { 1, 1000 },
	["Monitor - V Front porch width"] = { 0, 100 },
	["Monitor - V Sync width"] = { 1, 100 },
	["Monitor - V Back porch width"] = { 1, 100 },
	["Monitor - Sync threshold mV"] = { 10, 2000 },
	["Monitor - V Sync threshold mV"] = { 10, 1000 },
	["Monitor - Signal Gain"] = { 10, 1000 },
	["Monitor - Scanline Height"] = { 10, 300 },
}

local SETTINGS = { dipswitch = true, config = true }

--- The port's field of that name. A machine may have several of one name in a port, of which another one is in effect
-- depending on a switch: then that one.
function fields.find(port, name)
	local field = port.fields[name]
	if field and not field.enabled then
		local other = port:field(field.mask)
		if other and other.enabled and other.name == name then
			return other
		end
	end
	return field
end

--- The names of the port's fields. MAME 0.251 lists some a second time by what their names are made of: "%p A", "P1 A".
function fields.names(port)
	local result = {}
	for name, field in pairs(port.fields) do
		if field.name == name or not port.fields[field.name] then
			result[#result + 1] = name
		end
	end
	table.sort(result)
	return result
end

local function token(ioport, field)
	return ioport.input_type_to_token and ioport:input_type_to_token(field.type, field.player) or ""
end

local function is_adjuster(ioport, field)
	return not field.is_analog and token(ioport, field) == "ADJUSTER"
end

--- Whether the field stays where it is put, as a switch or a knob does, and is no key that somebody holds down.
function fields.is_switch(ioport, field)
	return SETTINGS[field.type_class] or is_adjuster(ioport, field)
end

local function list_settings(field)
	local result = json.array()
	for value, label in pairs(field.settings) do
		table.insert(result, { value = value, name = label })
	end
	table.sort(result, function(a, b) return a.value < b.value end)
	return result
end

-- The range of an analog field, and why it cannot be held if it cannot.
local function describe_analog(ioport, field, entry)
	entry.minimum, entry.maximum = field.minvalue, field.maxvalue
	if token(ioport, field):find("POSITIONAL") then
		entry.maximum = entry.maximum - 1 -- it is their number
	end
	-- MAME puts the number into the port as it is, instead of into the field's bits, and cuts it off to the range.
	if field.mask & 1 == 0 then
		entry.reason = "MAME lets plugins write an analog field only where it begins with the port's lowest bit"
	elseif entry.minimum > entry.maximum then
		entry.reason = "MAME does not let plugins write an analog field whose range passes through zero"
	end
end

local function describe_adjuster(field, entry)
	local widest = field.mask > ADJUSTER_MASK and field.mask or math.max(ADJUSTER_MAXIMUM, field.defvalue)
	entry.class = "adjuster"
	entry.minimum, entry.maximum = table.unpack(MONITOR[entry.field] or { 0, widest })
end

-- While an analog field is held MAME reads nothing else of its port: which keys are then as if they were not pressed.
local function list_hidden(port, name)
	local result = json.array()
	for _, other in ipairs(fields.names(port)) do
		if other ~= name and not SETTINGS[port.fields[other].type_class] then
			result[#result + 1] = other
		end
	end
	return result
end

--- What docs/link.md says of a field in the call `list_ports`.
function fields.describe(ioport, tag, port, name)
	local field = fields.find(port, name)
	local entry = {
		port = tag, field = name, class = field.type_class, mask = field.mask, default = field.defvalue,
		analog = field.is_analog, enabled = field.enabled,
	}
	if field.is_analog then
		describe_analog(ioport, field, entry)
		local hidden = list_hidden(port, name)
		entry.hides = #hidden > 0 and hidden or nil
	elseif is_adjuster(ioport, field) then
		describe_adjuster(field, entry)
	elseif SETTINGS[field.type_class] then
		entry.settings = list_settings(field)
		entry.reason = #entry.settings == 0 and "MAME names no setting of it" or nil
	else
		entry.toggle = field.toggle or nil
		entry.impulse = field.impulse > 0 and field.impulse or nil
	end
	return entry
end

return fields
