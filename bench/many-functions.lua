-- wrk: call functions f0, f1, … at random, as many as the argument says.
local count = 1

function init(args)
  count = tonumber(args[1])
end

function request()
  return wrk.format("GET", "/api/f" .. math.random(0, count - 1))
end
