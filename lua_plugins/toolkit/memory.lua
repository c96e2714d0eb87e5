-- Reads and writes the address spaces of the machine's devices.

local json = require("toolkit.json")

local memory = {}
memory.__index = memory

local function fail(...)
	error({ kind = "address", message = string.format(...) })
end

function memory.new(machine)
	return setmetatable({ machine = machine, readers = {}, count = 0 }, memory)
end

--- The devices that have address spaces, and what those are called.
function memory:list()
	local result = json.array()
	for tag, device in pairs(self.machine.devices) do
		local names = json.array()
		for name in pairs(device.spaces) do
			names[#names + 1] = name
		end
		if #names > 0 then
			table.sort(names)
			result[#result + 1] = { device = tag, spaces = names }
		end
	end
	table.sort(result, function(a, b) return a.device < b.device end)
	return result
end

function memory:space(device_tag, space_name, first, length)
	local device = self.machine.devices[device_tag]
	if not device then
		fail("there is no device %q", device_tag)
	end
	local space = device.spaces[space_name]
	if not space then
		fail("device %s has no space %q", device_tag, space_name)
	end
	local last = first + length - 1
	-- The sum may have wrapped round.
	if first < 0 or last < first - 1 or last > space.address_mask then
		fail("0x%x to 0x%x is outside the space %q of %s, which ends at 0x%x", first, last, space_name, device_tag,
			space.address_mask)
	end
	return space
end

local function bytes_reader(space, address, size, order)
	-- An explicit byte order: whatever the CPU's own is, the bytes are read one by one.
	local first, last, step = 0, size - 1, 1
	if order == "little" then
		first, last, step = size - 1, 0, -1
	end
	return function()
		local value = 0
		for offset = first, last, step do
			value = value << 8 | space:read_u8(address + offset)
		end
		return value
	end
end

local function reader(space, watch)
	local address, size, order = watch.address, watch.size, watch.order
	local read
	if order ~= "native" or size == 8 then
		-- Eight bytes are read one by one too: MAME hands 64-bit values above 2^63 to Lua as floats.
		read = bytes_reader(space, address, size, order == "native" and space.endianness or order)
	else
		local method = space["read_u" .. 8 * size]
		read = function() return method(space, address) end
	end
	if watch.signed and size < 8 then
		local sign, span = 1 << (8 * size - 1), 1 << (8 * size)
		return function()
			local value = read()
			return value >= sign and value - span or value
		end
	end
	return read
end

--- Replaces the watched addresses by `watches`, a list of {device, space, address, size, signed, order}.
function memory:watch(watches)
	local readers = {}
	for index, watch in ipairs(watches) do
		readers[index] = reader(self:space(watch.device, watch.space, watch.address, watch.size), watch)
	end
	for _, read in ipairs(readers) do
		read()
	end
	self.readers = readers
	self.format = "<" .. ("i8"):rep(#readers)
end

--- The watched values now, packed as int64.
function memory:pack()
	local values = {}
	for index, read in ipairs(self.readers) do
		values[index] = read()
	end
	return string.pack(self.format or "", table.unpack(values))
end

local function to_hex(data)
	return (data:gsub(".", function(character) return ("%02x"):format(character:byte()) end))
end

function memory:read(device_tag, space_name, address, length)
	local space = self:space(device_tag, space_name, address, length)
	local parts = {}
	for offset = 0, length - 1 do
		parts[offset + 1] = string.char(space:read_u8(address + offset))
	end
	return to_hex(table.concat(parts))
end

function memory:write(device_tag, space_name, address, hex)
	local space = self:space(device_tag, space_name, address, #hex // 2)
	local offset = 0
	for digits in hex:gmatch("%x%x") do
		space:write_u8(address + offset, tonumber(digits, 16))
		offset = offset + 1
	end
end

return memory
