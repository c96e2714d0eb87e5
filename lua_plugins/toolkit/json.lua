-- JSON for the link's slow path. MAME ships a JSON plugin, but where it lies depends on how MAME was packaged;
-- these few lines need nothing but Lua 5.3.

local json = {}

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local UNESCAPES = { n = "\n", r = "\r", t = "\t", b = "\b", f = "\f", ["/"] = "/", ["\\"] = "\\", ['"'] = '"' }

local array_mark = {}

--- Marks a table as a JSON array, so that an empty one is written as [] and not as {}.
function json.array(items)
	return setmetatable(items or {}, array_mark)
end

local encode

local function encode_string(text)
	return '"' .. text:gsub('[%c"\\\127]', function(character)
		return ESCAPES[character] or ("\\u%04x"):format(character:byte())
	end) .. '"'
end

local function encode_table(value)
	local parts = {}
	if getmetatable(value) == array_mark or #value > 0 then
		for index, item in ipairs(value) do
			parts[index] = encode(item)
		end
		return "[" .. table.concat(parts, ",") .. "]"
	end
	for key, item in pairs(value) do
		parts[#parts + 1] = encode_string(tostring(key)) .. ":" .. encode(item)
	end
	table.sort(parts)
	return "{" .. table.concat(parts, ",") .. "}"
end

function encode(value)
	local kind = math.type(value) or type(value)
	if kind == "string" then
		return encode_string(value)
	elseif kind == "table" then
		return encode_table(value)
	elseif kind == "integer" then
		return ("%d"):format(value)
	elseif kind == "float" then
		return value == value and math.abs(value) < math.huge and ("%.17g"):format(value) or "null"
	elseif kind == "boolean" then
		return tostring(value)
	elseif kind == "nil" then
		return "null"
	end
	error("a " .. kind .. " cannot be written as JSON")
end
json.encode = encode

local decode_value

local function fail(text, position, wanted)
	error(("bad JSON at byte %d: expected %s, got %q"):format(position, wanted, text:sub(position, position + 9)), 0)
end

local function skip_space(text, position)
	return text:match("^[ \t\r\n]*()", position)
end

local function decode_unicode(text, position)
	local high = tonumber(text:match("^%x%x%x%x", position) or fail(text, position, "four hex digits"), 16)
	if high >= 0xd800 and high < 0xdc00 then
		local low = tonumber(text:match("^\\u([Dd][C-Fc-f]%x%x)", position + 4) or "", 16)
		if low then
			return utf8.char(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)), position + 10
		end
	end
	return utf8.char(high), position + 4
end

local function decode_string(text, position)
	local parts = {}
	position = position + 1
	while true do
		local plain, stop = text:match('^([^"\\]*)()', position)
		parts[#parts + 1] = plain
		local character = text:sub(stop, stop)
		if character == '"' then
			return table.concat(parts), stop + 1
		elseif character == "" then
			fail(text, stop, "the end of a string")
		end
		local escape = text:sub(stop + 1, stop + 1)
		if escape == "u" then
			parts[#parts + 1], position = decode_unicode(text, stop + 2)
		else
			parts[#parts + 1] = UNESCAPES[escape] or fail(text, stop, "an escape")
			position = stop + 2
		end
	end
end

--- Reads `item` after `item` up to `close`, separated by commas.
local function decode_items(text, position, close, item)
	position = skip_space(text, position + 1)
	if text:sub(position, position) == close then
		return position + 1
	end
	while true do
		position = skip_space(text, item(skip_space(text, position)))
		local character = text:sub(position, position)
		if character == close then
			return position + 1
		elseif character ~= "," then
			fail(text, position, "a comma or " .. close)
		end
		position = position + 1
	end
end

local function decode_array(text, position)
	local result = json.array()
	local stop = decode_items(text, position, "]", function(at)
		local value, after = decode_value(text, at)
		result[#result + 1] = value
		return after
	end)
	return result, stop
end

local function decode_object(text, position)
	local result = {}
	local stop = decode_items(text, position, "}", function(at)
		if text:sub(at, at) ~= '"' then
			fail(text, at, "a key")
		end
		local key, after = decode_string(text, at)
		after = skip_space(text, after)
		if text:sub(after, after) ~= ":" then
			fail(text, after, "a colon")
		end
		result[key], after = decode_value(text, skip_space(text, after + 1))
		return after
	end)
	return result, stop
end

local LITERALS = { ["true"] = true, ["false"] = false }

function decode_value(text, position)
	local character = text:sub(position, position)
	if character == '"' then
		return decode_string(text, position)
	elseif character == "{" then
		return decode_object(text, position)
	elseif character == "[" then
		return decode_array(text, position)
	end
	local word = text:match("^%a+", position)
	if word == "null" or LITERALS[word] ~= nil then
		return LITERALS[word], position + #word
	end
	local digits = text:match("^-?%d[%d.eE+-]*", position) or fail(text, position, "a value")
	local number = tonumber(digits) or fail(text, position, "a number")
	return math.tointeger(number) or number, position + #digits
end

--- Reads one JSON text. Null becomes nil; an integer too large for 64 bits becomes a float.
function json.decode(text)
	local value, position = decode_value(text, skip_space(text, 1))
	if skip_space(text, position) <= #text then
		fail(text, position, "the end")
	end
	return value
end

return json
