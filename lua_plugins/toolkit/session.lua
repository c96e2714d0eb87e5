-- One started machine and its parent: runs commands until it is told to run frames.

local json = require("toolkit.json")
local inputs = require("toolkit.inputs")
local memory = require("toolkit.memory")
local frames = require("toolkit.frames")
local states = require("toolkit.states")

local session = {}
session.__index = session

function session.new(link)
	return setmetatable({ link = link, frame_number = 0, frames_left = 0, waiting = 0, bound = {}, watches = {},
		view = { screen = "", draw = "published" } }, session)
end

--- Takes hold of a machine that has just been started: of its ports, spaces and screens, as agreed on earlier ones.
function session:attach(machine)
	self.machine = machine
	self.inputs = inputs.new(machine, self.bound)
	self.memory = memory.new(machine)
	self.memory:watch(self.watches)
	self.frames = frames.new(machine, self.view)
end

--- Lets go of a machine that is being stopped; MAME frees everything that belongs to it.
function session:detach()
	self.machine, self.inputs, self.memory, self.frames, self.job = nil, nil, nil, nil, nil
end

--- The names of the slots that something can be plugged into; nil from a MAME that does not tell.
local function list_slots(machine)
	local result = machine.slots and json.array()
	for tag, slot in pairs(machine.slots or {}) do
		if slot.has_selectable_options then
			result[#result + 1] = tag:sub(2)
		end
	end
	return result
end

function session:hello()
	self.link:send_result({
		version = self.link.VERSION, backend = "mame", backend_version = emu.app_version(), language = _VERSION,
		machine = self.machine.system.name, description = self.machine.system.description,
		screens = frames.list(self.machine), spaces = self.memory:list(),
		slots = list_slots(self.machine),
	})
end

local calls = {}

function calls.configure(self, request)
	self.frames = frames.new(self.machine, request)
	self.view = request
	local width, height = self.machine.video:snapshot_size()
	return { width = width, height = height }
end

function calls.list_ports(self)
	return self.inputs:list()
end

function calls.bind(self, request)
	return self.inputs:bind(request.port, request.field)
end

--- Sets a field for good, outside what a step holds and releases.
function calls.set(self, request)
	self.inputs:find(request.port, request.field).hold(request.value)
	return true
end

function calls.watch(self, request)
	self.memory:watch(request.watches)
	self.watches = request.watches
	return true
end

function calls.read_memory(self, request)
	return self.memory:read(request.device, request.space, request.address, request.length)
end

function calls.write_memory(self, request)
	self.memory:write(request.device, request.space, request.address, request.data)
	return true
end

function calls.save_state(self, request)
	self.job = states.start(self.machine, "save", request.name, request.path)
	self.job.answer = {}
end

function calls.load_state(self, request)
	self.job = states.start(self.machine, "load", request.name, request.path, request.time)
	self.job.answer = {}
	self.job.frame_number = request.frame_number
end

--- Switches the machine off and on again; `on_start` answers when it is back.
function calls.reset(self)
	self.resetting = true
	self.machine:hard_reset()
end

function calls.quit(self)
	self.leaving = true
	return true
end

--- Runs one JSON call and answers it, now or, for the saving and loading of states, when it is done.
function session:call(payload)
	local request = json.decode(payload)
	local handler = calls[request.call]
	if not handler then
		error({ kind = "protocol", message = ("there is no call %q"):format(tostring(request.call)) })
	end
	local result = handler(self, request)
	if result ~= nil then
		self.link:send_result(result)
	end
end

function session:step(payload)
	local count, wanted = string.unpack("<I4I4", payload)
	self.inputs:apply(payload, 9, wanted)
	self.frames_left = count
	if count == 0 then
		self:publish(false)
	end
end

function session:publish(drawn)
	local width, height, pixels, before = 0, 0, "", nil
	if drawn then
		width, height, pixels, before = self.frames:capture(self.frame_number)
	end
	local format = #pixels > 0 and self.link.FORMAT_BGRX or self.link.FORMAT_NONE
	local slot = self.link:publish(self.frame_number, self.memory:pack(), format, width, height, pixels, before)
	self.link:send_stepped(slot, self.frame_number)
end

--- Keeps a frame that is not published itself.
function session:remember()
	self.frames:capture(self.frame_number)
end

--- Runs `work` and sends what it raises to the parent, as the answer to the command.
function session:guard(work, ...)
	local fine, problem = pcall(work, self, ...)
	if not fine then
		if type(problem) ~= "table" then
			problem = { kind = "internal", message = tostring(problem) }
		end
		self.link:send_error(problem.kind, problem.message)
	end
	return fine
end

--- Handles commands until there is something for the machine to do.
function session:listen()
	while self.frames_left == 0 and not (self.job or self.resetting or self.leaving) do
		local kind, payload = self.link:receive()
		if kind == self.link.COMMAND_STEP then
			self:guard(self.step, payload)
		elseif kind == self.link.COMMAND_CALL then
			self:guard(self.call, payload)
		elseif kind then
			self.link:send_error("protocol", ("there is no command %d"):format(kind))
		else
			self.leaving = true
			self.link:follow_parent()
		end
	end
	if self.leaving then
		self.machine:exit()
	elseif self.frames_left > 0 then
		self.waiting = self.frame_number > 0 and self.frames:lag(self.frames_left) or 0
		if self.waiting > 0 then
			emu.pause()
		end
		self:plan()
	end
end

--- Says what the next callback will be for: a frame that is seen, one that is not, or none at all.
function session:plan()
	self.frames:plan(self.waiting == 0 and self.frames:sees(self.frames_left - 1))
end

local function finish_job(self)
	if self.job:poll() then
		local job = self.job
		self.job = nil
		if job.action == "load" then
			self.inputs:apply("", 1, 0)
			self.frames:forget()
		end
		job.answer.time = self.machine.time:as_double()
		job.answer.frame_number = job.frame_number or self.frame_number + job.frames
		self.frame_number = job.answer.frame_number
		self.link:send_result(job.answer)
	end
end

local function start(self, machine)
	self:attach(machine)
	if not self.greeted then
		self.greeted = true
		self:hello()
	elseif self.resetting then
		self.resetting = false
		self.frame_number = 0
		self.link:send_result(true)
	end
	self:listen()
end

--- Called when a machine has been made and is about to run.
function session:on_start(machine)
	if not self:guard(start, machine) then
		self.leaving = true
		machine:exit()
	end
end

--- Called in every frame callback.
function session:on_frame()
	if self.leaving or self.resetting then
		return
	end
	self.frames:follow()
	if self.job then
		local job = self.job
		if not self:guard(finish_job) then
			self.frame_number = self.frame_number + job.frames
			self.job = nil
		end
		if self.job then
			return
		end
	elseif self.machine.paused then
		if self.waiting > 0 then
			self.waiting = self.waiting - 1
			if self.waiting == 0 then
				emu.unpause()
			end
			self:plan()
		end
		return
	else
		self.frame_number = self.frame_number + 1
		self.frames_left = self.frames_left - 1
		if self.frames_left > 0 then
			if self.frames:sees(self.frames_left) and not self:guard(self.remember) then
				self.frames_left = 0
				self:listen()
				return
			end
			if self.link:orphaned() then
				self.leaving = true
				self.link:follow_parent()
				self.machine:exit()
				return
			end
			self:plan()
			return
		end
		self:guard(self.publish, true)
	end
	self:listen()
end

return session
