// Takes payments on a port of its own, which it prints: what the card is called decides what becomes of one.
import { createServer } from "node:http";

const ANSWERS = {
  good: [201, "paid\n"],
  slow: [201, "paid\n"],
  declined: [402, "declined\n"],
  odd: [400, "no such card\n"],
  broken: [503, "the bank does not answer\n"],
};
const SLOW_MS = 600;

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => (body += chunk));
  request.on("end", () => {
    const [status, text] = ANSWERS[body] ?? [404, "what?\n"];
    const answer = () => response.writeHead(status).end(text);
    if (body === "slow") setTimeout(answer, SLOW_MS);
    else answer();
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
