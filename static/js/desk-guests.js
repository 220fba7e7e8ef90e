/* Copying a guest’s address. */

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy)
    field.select()
    try {
      await navigator.clipboard.writeText(field.value)
    } catch {
      document.execCommand("copy")
    }
    button.textContent = "Copied"
    for (const status of document.querySelectorAll("[data-copied]")) status.textContent = "The address is copied."
  })
}
