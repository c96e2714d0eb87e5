-- Saving and loading the machine. MAME does both after the callback has returned, so each is a job that is looked
-- after in later callbacks. Meanwhile the machine is paused, so that no emulated time passes.

local states = {}
states.__index = states

-- MAME waits with a save state until no one-off timer is pending. While the machine is paused none can expire, so
-- after this many callbacks it gets a frame to run, and after so many frames the job is given up.
local PATIENCE, FRAMES = 8, 60

-- A state begins with this many bytes that are the same in all states of one machine: the format, MAME's name of the
-- machine, and a checksum over what the machine consists of.
local HEAD = 32

local function give_up(message, ...)
	error({ kind = "state", message = message:format(...) })
end

local function open(path, mode)
	local file, problem = io.open(path, mode)
	if not file then
		give_up("cannot open the file for a state: %s", problem)
	end
	return file
end

local function size(path)
	local file = open(path, "rb")
	local bytes = file:seek("end")
	file:close()
	return bytes
end

local function head(path)
	local file = open(path, "rb")
	local bytes = file:read(HEAD)
	file:close()
	return bytes
end

--- Starts a job: `action` is "save" or "load". What MAME calls the state is `name`; `path` is where it then lies, which
-- is the same if `name` is a path that begins with a slash. For loading, `time` is what the clock must show then.
function states.start(machine, action, name, path, time)
	local self = setmetatable({ machine = machine, action = action, path = path, calls = 0, frames = 0 }, states)
	if action == "save" then
		open(path, "wb"):close() -- empty now
		self.done = function() return size(path) > 0 end
	else
		head(path)
		self.done = function() return machine.time:as_double() == time end
		self.again = function() machine:load(name) end
	end
	machine[action](machine, name)
	emu.pause()
	return self
end

--- Whether it is a state of this very machine. MAME does not tell when it refuses one.
local function fits(self)
	if self.action == "save" or self.machine.buffer_save == nil then
		return true
	end
	return head(self.path) == self.machine:buffer_save():sub(1, HEAD)
end

--- Called in every callback until it returns true; an error means that MAME did not do it, and if no frame was run
-- meanwhile then nothing has happened to the machine.
function states:poll()
	if not self.machine.paused then
		self.frames = self.frames + 1
		-- Before their first frame some machines, such as nes, forget that they were told to load.
		if self.again then self.again() end
		emu.pause()
		self.calls = 0
		return false
	end
	self.calls = self.calls + 1
	if self.calls >= 2 and self.done() then
		emu.unpause()
		return true
	end
	if self.calls > PATIENCE then
		emu.unpause()
		if self.frames == 0 and not fits(self) then
			give_up("MAME refuses this state: another version saved it, or the machine had other devices or media in it")
		elseif self.frames >= FRAMES then
			give_up("MAME did not %s the state within %d frames", self.action, FRAMES)
		end
	end
	return false
end

return states
