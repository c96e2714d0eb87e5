-- The picture of one screen, and the decision which frames MAME has to draw at all.

local frames = {}
frames.__index = frames

-- MAME draws or skips a frame by a table with 12 positions for each of its frameskip levels. Level 10 draws positions 0
-- and 6 only; level 7 skips 6 and draws 0, which no level skips.
local PERIOD, HALF = 12, 6
local DRAW, SKIP, SKIP_SIXTH = 0, 10, 7

--- `view.screen` is the tag of the screen to publish, "" for none. `view.draw` says what MAME has to draw:
-- "published" frames, "all", or what its own -frameskip says ("option"). With `view.before` the frame before a
-- published one is wanted, too. `view.snapshot` is the name of a scratch file.
function frames.new(machine, view)
	local self = setmetatable({ machine = machine, video = machine.video, draw = view.draw, before = view.before }, frames)
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

-- Width by height of each screen as it stands before the player, from 0 on. Lua is not told, but MAME offers for each a
-- view that has nothing else in it, and calls it for example "Screen 0 Standard (4:3)".
local function aspects(machine)
	local result = {}
	for _, target in pairs(machine.render.targets) do
		for _, name in pairs(target.view_names) do
			local number, width, height = name:match("^Screen (%d+) Standard %((%d+):(%d+)%)$")
			if number and tonumber(height) > 0 then
				result[tonumber(number)] = width / height
			end
		end
	end
	return result
end

-- Of a screen without such a view: that of a television.
local function usual_aspect(screen)
	local turned = screen.orientation and screen:orientation() or 0
	return turned % 180 == 0 and 4 / 3 or 3 / 4
end

--- Every screen: tag, type, size, refresh rate in Hz, aspect ratio; in MAME's order, the main one first.
function frames.list(machine)
	local result = require("toolkit.json").array()
	local fine, known = pcall(aspects, machine)
	for tag, screen in pairs(machine.screens) do
		result[#result + 1] = {
			tag = tag, type = screen.screen_type, width = screen.width, height = screen.height, refresh = screen.refresh,
			aspect = fine and known[#result] or usual_aspect(screen),
		}
	end
	return result
end

--- Called once in every callback: keeps track of the position in MAME's table.
function frames:follow()
	if self.position then
		self.position = (self.position + 1) % PERIOD
	end
	local skipped = self.video.skip_this_frame
	if self.level == SKIP and not skipped then
		-- Either of two positions; half a round later level 7 tells which.
		self.position = self.position and self.position % HALF == 0 and self.position or 0
	elseif self.level == SKIP_SIXTH then
		self.position = skipped and HALF or 0
		self.certain = true
	end
	self.level = nil
end

--- Whether anybody sees the frame after which `left` more are to run.
function frames:sees(left)
	return left <= (self.before and 1 or 0)
end

--- Called in the callback: says whether anybody will see the next frame.
function frames:plan(seen)
	if self.draw ~= "published" then
		return
	end
	local level = SKIP
	if seen and self.screen then
		level = DRAW
	elseif self.position and self.position % HALF == HALF - 1 then
		level = SKIP_SIXTH
	end
	self.level = level
	self.video.frameskip = level
end

--- How many callbacks without a frame would bring steps of `count` frames into step with MAME's table, so that the
-- position that is always drawn falls on a frame that is seen.
function frames:lag(count)
	if self.draw ~= "published" or not self.screen or not self.certain or PERIOD % count ~= 0 then
		return 0
	end
	return -(self.position + count) % count
end

--- The frame that has just been drawn, number `number`: width, height, and 4 bytes a pixel: blue, green, red, anything.
-- And the pixels of the frame before it, if that is wanted, was taken too, and is as large.
function frames:capture(number)
	if not self.screen then
		return 0, 0, ""
	end
	-- screen:pixels() would be the frame before: by now MAME has turned to its other bitmap.
	local width, height = self.video:snapshot_size()
	local pixels = self.video:snapshot_pixels()
	if not self.before then
		return width, height, pixels
	end
	local last = self.last
	self.last = { number = number, width = width, height = height, pixels = pixels }
	if last and last.number == number - 1 and last.width == width and last.height == height then
		return width, height, pixels, last.pixels
	end
	return width, height, pixels
end

--- Forgets the frame before: the machine comes from elsewhere now.
function frames:forget()
	self.last = nil
end

return frames
