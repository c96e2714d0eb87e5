-- The picture of one screen, and the decision which frames MAME has to draw at all.

local frames = {}
frames.__index = frames

-- MAME draws or skips a frame by a table of 12 positions for each of its frameskip levels 0 to 10. No level skips
-- position 0; level 10 draws 0 and 6 only, level 7 skips 6; level 1 skips nothing but 11, which tells the position.
local POSITIONS = 12
local DRAW, FIND, SKIP, SKIP_SIXTH = 0, 1, 10, 7
local FIND_POSITION = 11

--- `view.screen` is the tag of the screen to publish, "" for none. `view.draw` says what MAME has to draw:
-- "published" frames, "all", or what its own -frameskip says ("option"). `view.snapshot` is the name of a scratch file.
function frames.new(machine, view)
	local self = setmetatable({ machine = machine, video = machine.video, draw = view.draw }, frames)
	if view.screen ~= "" then
		self.screen = machine.screens[view.screen]
		if not self.screen then
			error({ kind = "screen", message = ("there is no screen %q"):format(view.screen) })
		end
		-- MAME's snapshots show the first screen until one is taken of another, for which Lua must name a file.
		self.screen:snapshot(view.snapshot)
	end
	return self
end

--- Every screen: tag, type, size, refresh rate in Hz; in MAME's order, the main one first.
function frames.list(machine)
	local result = require("toolkit.json").array()
	for tag, screen in pairs(machine.screens) do
		result[#result + 1] = {
			tag = tag, type = screen.screen_type, width = screen.width, height = screen.height, refresh = screen.refresh,
		}
	end
	return result
end

--- Called once in every frame, in the callback: keeps track of the position in MAME's table.
function frames:follow()
	local skipped = self.video.skip_this_frame
	if self.position then
		self.position = (self.position + 1) % POSITIONS
		if skipped ~= self.expect_skip then
			self.position = nil
		end
	elseif self.finding and skipped then
		self.position = FIND_POSITION
	end
end

--- Called in the callback: says whether anybody will see the next frame.
function frames:plan(seen)
	if self.draw ~= "published" then
		return
	end
	local level = DRAW
	self.finding = false
	if not seen or not self.screen then
		if not self.position then
			self.finding, level = true, FIND
		else
			level = (self.position + 1) % POSITIONS == 6 and SKIP_SIXTH or SKIP
		end
	end
	self.expect_skip = level >= SKIP_SIXTH and (self.position + 1) % POSITIONS ~= 0
	self.video.frameskip = level
end

--- The frame that has just been drawn: width, height, and 4 bytes a pixel: blue, green, red, anything.
function frames:capture()
	if not self.screen then
		return 0, 0, ""
	end
	-- screen:pixels() would be the frame before: by now MAME has turned to its other bitmap.
	local width, height = self.video:snapshot_size()
	return width, height, self.video:snapshot_pixels()
end

return frames
