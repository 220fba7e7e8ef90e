/* The dialogs of the text's editor: one look, one way to open them, to answer and to get out.

   They stand at the end of the page, not in the story's form, so that what is typed into them is neither sent nor taken
   for a change of the story. The browser keeps the keyboard inside, closes with Esc and gives the focus back. */

import { crel, gettext } from "django-prose-editor/editor"

let count = 0

/* A field with its label and hint; `required` is said in words and checked before the dialog answers. */
export const field = ({ name, title, hint = "", type = "text", rows = 0, value = "", required = false, maxLength = 0 }) => {
  const id = `prose-field-${++count}`
  const input = rows ? crel("textarea", { id, name, rows, value }) : crel("input", { id, name, type })
  if (type === "file") input.hasChangeListener = true /* or the admin's script takes it for one of its own */
  else input.value = value ?? ""
  input.required = required
  if (maxLength) input.maxLength = maxLength
  const label = crel("label", { htmlFor: id, textContent: title })
  if (required) label.append(crel("span", { className: "prose-dialog__required", textContent: ` (${gettext("required")})` }))
  const parts = [label, input]
  if (hint) {
    parts.push(crel("p", { id: `${id}-hint`, className: "prose-dialog__hint", textContent: hint }))
    input.setAttribute("aria-describedby", `${id}-hint`)
  }
  return crel("div", { className: "prose-dialog__field" }, parts)
}

/* Opens a dialog and resolves to what `answer(values)` gives back, or to null when it is closed without an answer.
   `answer` may take its time; while it throws, its message is shown and the dialog stays. Without `submit` there is
   nothing to answer, only to close. `onOpen({ form, close })` arranges what the parts do together. */
export const openDialog = ({ title, parts, submit = "", answer = (values) => values, isWide = false, onOpen = () => {} }) =>
  new Promise((resolve) => {
    const titleId = `prose-dialog-${++count}`
    const alert = crel("p", { className: "prose-dialog__error", role: "alert" })
    const send = crel("button", { type: "submit", className: "prose-dialog__submit", textContent: submit })
    const cancel = crel("button", { type: "button", textContent: submit ? gettext("Cancel") : gettext("Close") })
    const buttons = crel("div", { className: "prose-dialog__buttons" }, submit ? [send, cancel] : [cancel])
    const heading = crel("h2", { id: titleId, textContent: title })
    const form = crel("form", { method: "dialog" }, [heading, ...parts, alert, buttons])
    const dialog = crel("dialog", { className: "prose-dialog", "aria-labelledby": titleId }, [form])
    dialog.classList.toggle("prose-dialog--wide", isWide)

    let result = null
    const close = (value = null) => {
      result = value
      dialog.close()
    }
    cancel.addEventListener("click", () => close())
    dialog.addEventListener("close", () => {
      dialog.remove()
      resolve(result)
    })
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      if (!submit || send.disabled) return
      send.disabled = true
      alert.textContent = ""
      try {
        const values = Object.fromEntries(new FormData(form))
        const answered = await answer(values)
        if (dialog.open) close(answered)
      } catch (error) {
        alert.textContent = error.message
      }
      send.disabled = false
    })

    document.body.append(dialog)
    dialog.showModal()
    onOpen({ form, close })
  })

/* Asks for a few texts; resolves to { name: text }, trimmed, or null. */
export const ask = ({ title, submit, fields }) =>
  openDialog({
    title,
    submit,
    parts: fields.map(field),
    answer: (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.trim()])),
  })

const PLATFORM_IS_MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform)

/* "Mod-Alt-f" as it stands on this person's keyboard. */
export const keyNames = (keys) => {
  const mac = { Mod: "⌘", Alt: "⌥", Shift: "⇧", Enter: "↩", Backspace: "⌫", Escape: "esc" }
  const other = { Mod: "Ctrl", Escape: "Esc" }
  return keys.split(/-(?=.)/).map((key) => (PLATFORM_IS_MAC ? mac : other)[key] ?? (key.length === 1 ? key.toUpperCase() : key))
}
