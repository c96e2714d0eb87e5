-- Saving and loading the machine. MAME does both after the callback has returned, so each is a job that is looked
-- after in later callbacks. Meanwhile the machine is paused, so that no emulated time passes.

local states = {}
states.__index = states

-- MAME waits with a save state until no one-off timer is pending. While the machine is paused none can expire, so
-- after this many callbacks it gets a frame to run, and after so many frames the job is given up.
local PATIENCE, FRAMES = 8, 60

local function exists(path)
	local file = io.open(path, "rb")
	return file and file:close() or false
end

--- Starts a job: `action` is "save" or "load". MAME gives the file `name` the ending .sta, in a folder of the
-- machine's name in its state folder; `path` is where that is. For loading, `time` is what the clock must show then.
function states.start(machine, action, name, path, time)
	local self = setmetatable({ machine = machine, calls = 0, frames = 0 }, states)
	if action == "save" then
		os.remove(path)
		self.done = function() return exists(path) end
	else
		self.done = function() return machine.time:as_double() == time end
		self.again = function() machine:load(name) end
	end
	machine[action](machine, name)
	emu.pause()
	return self
end

--- Called in every callback until it returns true; an error means that MAME did not do it.
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
		if self.frames >= FRAMES then
			emu.unpause()
			error({ kind = "state", message = ("MAME did not handle the state within %d frames"):format(FRAMES) })
		end
		emu.unpause()
	end
	return false
end

return states
