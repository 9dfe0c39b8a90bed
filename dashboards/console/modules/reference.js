// Narrows the list of operations down while someone types. Without this module the form asks the server.

const field = document.querySelector("#q");
const found = document.querySelector("#found");
const lines = [...document.querySelectorAll("[data-words]")].map((line) => ({
  line,
  text: `${line.dataset.words} ${line.textContent.toLowerCase()}`,
}));

function narrow() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const { line, text } of lines) {
    const fits = words.every((word) => text.includes(word));
    line.hidden = !fits;
    if (fits) count += 1;
  }
  for (const group of document.querySelectorAll("[data-group]")) {
    group.hidden = !group.querySelector("[data-words]:not([hidden])");
  }
  found.textContent =
    count === 0 ? "No operation has all of these words. Try fewer." : count === 1 ? "1 operation" : `${count} operations`;
}

// What the server narrowed down already cannot be widened here.
if (field.defaultValue === "") field.addEventListener("input", narrow);
