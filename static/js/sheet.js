// A button that prints. Without this script the page says how to do it.
"use strict";

const button = document.querySelector(".sheet__print");
button.addEventListener("click", () => window.print());
button.hidden = false;
document.querySelector(".sheet__how").hidden = true;
