-- MAME's screens before a machine's first frame: warnings of wrong checksums and of imperfect emulation, which
-- in a window wait for a key.

local startup = {}

-- Of the notifier; see init.lua.
local subscription

--- Keeps the screens away.
-- MAME leaves them out when there is no window to show them in. For this it looks at the option "video" just before
-- it would show them, after the machine's settings are loaded; the window, which that option is really about, has
-- been open for a while by then. So the option says "none" only for that moment.
-- (A short -seconds_to_run keeps them away too, but that option's value cannot be set from Lua.)
function startup.skip_screens()
	local option, value
	emu.register_before_load_settings(function()
		option = manager.machine.options.entries.video
		value = option:value()
		option:value("none")
	end)
	local function restore()
		if option then
			option:value(value)
			option = nil
		end
	end
	if emu.add_machine_reset_notifier then
		subscription = emu.add_machine_reset_notifier(restore)
	else
		emu.register_start(restore)
	end
	return subscription
end

return startup
