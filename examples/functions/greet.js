// Greets whom the query names, and counts in the database of its namespace how many were greeted.
export default {
  fetch(request) {
    const name = new URL(request.url).searchParams.get("name") ?? "World";
    const count = db.increment("greetings");
    return new Response(`Hello, ${name}, from JavaScript: greeting ${count}`);
  },
};
