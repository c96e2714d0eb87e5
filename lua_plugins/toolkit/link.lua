-- The child's end of the link: two pipes and one block of shared memory, all inherited from the parent.
-- docs/link.md is the specification; the numbers here must agree with it and with toolkit/link/layout.py.

local json = require("toolkit.json")

local link = {
	VERSION = 1,
	COMMAND_STEP = 1,
	COMMAND_CALL = 2,
	REPLY_STEPPED = 1,
	REPLY_RESULT = 2,
	REPLY_ERROR = 3,
	FORMAT_NONE = 0,
	FORMAT_BGRX = 1,
	FLAG_BEFORE = 1,
}
link.__index = link

local function open(descriptor, mode)
	-- Opening a pipe through /proc gives a second descriptor of the same pipe; Lua has no fdopen().
	local file = assert(io.open("/proc/self/fd/" .. descriptor, mode))
	file:setvbuf(mode == "rb" and "full" or "no")
	return file
end

-- How often a child that is busy looks whether its parent still lives: times a second.
local LOOKS = 5

local function parent()
	local file = io.open("/proc/self/stat", "rb")
	local text = file and file:read("a") or ""
	if file then
		file:close()
	end
	-- The fields after the name, which stands in parentheses and may hold any: the state, the parent.
	return text:match(".*%) %a (%d+)")
end

--- Opens the link that `description` (the value of TOOLKIT_LINK) names.
function link.open(description)
	local field = {}
	for key, value in description:gmatch("(%w+)=(%d+)") do
		field[key] = math.tointeger(tonumber(value))
	end
	local self = setmetatable({ offset = field.offset, published = 0, parent = parent(), next_look = 0 }, link)
	self.commands = open(field.command, "rb")
	self.replies = open(field.reply, "wb")
	self.memory = open(field.memory, "r+b")
	if field.version ~= link.VERSION then
		self:send_error("version", ("the plugin speaks link version %d, the parent %s"):format(link.VERSION, field.version))
		error("link version mismatch")
	end
	-- The parent has written the header; the child only learns from it where the slots are.
	self.memory:seek("set", self.offset + 12)
	self.header_size, self.slot_count, self.slot_size, self.value_capacity, self.pixel_offset, self.pixel_capacity =
		string.unpack("<I4I4I4I4I4I4", self.memory:read(24))
	return self
end

local function send(self, kind, payload)
	self.replies:write(string.pack("<I4B", #payload + 1, kind) .. payload)
end

function link:send_result(result)
	send(self, link.REPLY_RESULT, json.encode(result))
end

function link:send_error(kind, message)
	send(self, link.REPLY_ERROR, json.encode({ kind = kind, message = message }))
end

function link:send_stepped(slot, frame_number)
	send(self, link.REPLY_STEPPED, string.pack("<I4I8", slot, frame_number))
end

--- Whether the parent is gone, for a child that is too busy to read commands. Looks only now and then.
function link:orphaned()
	local now = emu.osd_ticks()
	if now < self.next_look then
		return false
	end
	self.next_look = now + emu.osd_ticks_per_second() // LOOKS
	return parent() ~= self.parent
end

--- Ends this process, whose parent is gone: nobody reads the reply pipe any more, so that SIGPIPE ends a writer at
-- once. MAME's own way out takes it a part of a second, and more where the processors are busy.
function link:follow_parent()
	self.replies:write("\0")
end

--- Waits for the next command: its kind and its payload, or nil when the parent is gone.
function link:receive()
	local head = self.commands:read(5)
	if not head or #head < 5 then
		return nil
	end
	local length, kind = string.unpack("<I4B", head)
	local payload = length > 1 and self.commands:read(length - 1) or ""
	if not payload or #payload < length - 1 then
		return nil
	end
	return kind, payload
end

--- Writes one slot: `values` are already packed, `pixels` may be empty; those of the frame before may follow them.
-- Returns the slot's number.
function link:publish(frame_number, values, format, width, height, pixels, before)
	local flags = before and link.FLAG_BEFORE or 0
	before = before or ""
	if #pixels + #before > self.pixel_capacity then
		error(("a frame of %dx%d pixels does not fit the %d bytes of a slot"):format(width, height, self.pixel_capacity), 0)
	end
	self.published = self.published + 1
	local slot = self.published % self.slot_count
	local at = self.offset + self.header_size + slot * self.slot_size
	local memory, sequence = self.memory, 2 * self.published
	local head = string.pack("<I8I8I4I4I4I4I4I4I8", sequence - 1, frame_number, width, height, 4 * width, format,
		#values // 8, flags, 0) .. values
	memory:seek("set", at)
	memory:write(head, string.rep("\0", self.pixel_offset - #head), pixels, before)
	memory:seek("set", at)
	memory:write(string.pack("<I8", sequence))
	memory:seek("set", self.offset + 40)
	memory:write(string.pack("<I8", self.published))
	return slot
end

return link
