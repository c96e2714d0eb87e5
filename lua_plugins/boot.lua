-- The first script that MAME runs when `-plugins` is on: it decides which plugins start.
-- MAME ships one of its own, which starts every plugin that the user has switched on. This one starts
-- only ours, so that a user's plugins can neither slow an environment down nor change what it does.

local folder = "plugins"
for candidate in manager.options.entries.pluginspath:value():gmatch("[^;]+") do
	folder = candidate
end
package.path = folder .. "/?.lua;" .. folder .. "/?/init.lua"
require("toolkit").startplugin()
