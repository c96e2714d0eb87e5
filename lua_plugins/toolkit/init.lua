-- The MAME plugin of coinop-toolkit. It does nothing unless a parent process has set TOOLKIT_LINK, or
-- TOOLKIT_SKIP_WARNINGS for a window in which a human plays.

local exports = {
	name = "toolkit",
	version = "1.0",
	description = "Steps the machine for coinop-toolkit",
	license = "MIT",
	author = { name = "The coinop-toolkit authors" },
}

-- MAME drops a subscription whose handle is garbage-collected: these live as long as the plugin.
local subscriptions = {}
local session

local function subscribe(new_name, old_name, callback)
	if emu[new_name] then
		subscriptions[#subscriptions + 1] = emu[new_name](callback)
	else
		emu[old_name](callback)
	end
end

local function on_reset()
	-- MAME tells of every reset. After one that the game has caused by itself, the machine is still the same one.
	if not session.machine then
		session:on_start(manager.machine)
	end
end

local function on_stop()
	session:detach()
end

local function on_frame()
	if session.machine then
		session:on_frame()
	end
end

function exports.startplugin()
	local description = os.getenv("TOOLKIT_LINK")
	if description or os.getenv("TOOLKIT_SKIP_WARNINGS") then
		require("toolkit.startup").skip_screens()
	end
	if not description then
		return
	end
	-- Every frame is a string of its own, and so much garbage that the collector would run after each few; going over
	-- all of MAME's tables takes it longer than making the frame does.
	collectgarbage("setpause", 400)
	session = require("toolkit.session").new(require("toolkit.link").open(description))
	subscribe("add_machine_reset_notifier", "register_start", on_reset)
	subscribe("add_machine_stop_notifier", "register_stop", on_stop)
	emu.register_frame_done(on_frame)
end

return exports
