/* Shows what needs passkeys where the browser has them, and says so when one was not used. */
(() => {
  if (!window.PublicKeyCredential) return;
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const trouble = document.getElementById("passkey-trouble");
    const { name } = event.detail.exception;
    trouble.textContent =
      name === "InvalidStateError"
        ? "This device already holds a key for your account."
        : "No key was used. Try again, or choose another way.";
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  });
})();
