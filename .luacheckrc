-- The plugin runs in MAME's own Lua: 5.3 on Debian 12, 5.4 on Debian 13.
std = "lua54"
read_globals = { "emu", "manager" }
max_line_length = 120
self = false
