-- Fields of the machine's input ports, agreed once by index and then held and released by number.

local json = require("toolkit.json")
local fields = require("toolkit.fields")

local inputs = {}
inputs.__index = inputs

--- `bound` is the list of {port, field} agreed on so far; it is added to, and outlives the machine.
function inputs.new(machine, bound)
	local self = setmetatable({ ioport = machine.ioport, bound = bound, handles = {}, held = {} }, inputs)
	for index, names in ipairs(bound) do
		self.handles[index] = self:find(names.port, names.field)
	end
	return self
end

--- Every field of every port that a player or an operator can reach, in a stable order.
function inputs:list()
	local result = json.array()
	for tag, port in pairs(self.ioport.ports) do
		for _, name in ipairs(fields.names(port)) do
			result[#result + 1] = fields.describe(self.ioport, tag, port, name)
		end
	end
	table.sort(result, function(a, b)
		if a.port ~= b.port then
			return a.port < b.port
		elseif a.mask ~= b.mask then
			return a.mask < b.mask
		end
		return a.field < b.field
	end)
	return result
end

local function switch(field, value)
	return {
		hold = function(wanted) field.user_value = wanted end,
		release = function() field.user_value = value end,
	}
end

local function control(field)
	return {
		hold = function(wanted) field:set_value(wanted) end,
		release = function() field:clear_value() end,
	}
end

--- Finds one field; its handle can be held at a value and released again.
function inputs:find(port_tag, field_name)
	local port = self.ioport.ports[port_tag]
	if not port then
		error({ kind = "input", message = ("there is no port %q"):format(port_tag) })
	end
	local field = fields.find(port, field_name)
	if not field then
		error({ kind = "input", message = ("port %s has no field %q"):format(port_tag, field_name) })
	end
	if fields.is_switch(self.ioport, field) then
		return switch(field, field.user_value)
	end
	return control(field)
end

--- Gives the next free index to a field and returns it.
function inputs:bind(port_tag, field_name)
	table.insert(self.handles, self:find(port_tag, field_name))
	table.insert(self.bound, { port = port_tag, field = field_name })
	return #self.bound
end

--- Holds exactly the inputs of a STEP command: releases what is not in it, leaves down what is in it again.
-- `payload` holds `count` pairs of index (u32) and value (i32) from byte `position` on.
function inputs:apply(payload, position, count)
	local wanted = {}
	for _ = 1, count do
		local index, value
		index, value, position = string.unpack("<I4i4", payload, position)
		if not self.handles[index] then
			error({ kind = "input", message = ("input %d was never bound"):format(index) })
		end
		wanted[index] = value
	end
	for index in pairs(self.held) do
		if not wanted[index] then
			self.handles[index].release()
		end
	end
	for index, value in pairs(wanted) do
		if self.held[index] ~= value then
			self.handles[index].hold(value)
		end
	end
	self.held = wanted
end

return inputs
