-- Greets whom the query names, and counts in the database of its namespace how many were greeted.
function handle(req)
  local name = req.query.name or "World"
  local count = db.increment("greetings")
  return {status = 200, body = "Hello, " .. name .. ", from Lua: greeting " .. count}
end
