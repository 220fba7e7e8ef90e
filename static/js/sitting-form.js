/* The form of a story: what is typed in it, whether two texts are the same, and putting one into it. */

export const box = document.getElementById("sitting")
export const form = document.getElementById("article_form")
export const mayEdit = box.hasAttribute("data-may-edit")
export const PATIENCE = 12000

const names = box.dataset.fields.split(" ")

export const field = (name) => form.elements[name]

const valuesOf = (element) =>
  element.multiple ? [...element.selectedOptions].map((option) => option.value) : [element.value]

export const typed = () => Object.fromEntries(names.filter(field).map((name) => [name, valuesOf(field(name))]))

/* What the chosen rows are called, for putting them back on another day. */
export const namesNow = () =>
  Object.fromEntries(
    names
      .filter((name) => field(name)?.tagName === "SELECT")
      .map((name) => [name, Object.fromEntries([...field(name).selectedOptions].map((option) => [option.value, option.text]))]),
  )

const tidy = (name, value) => {
  if (name !== "body") return value.replace(/\r\n/g, "\n").trim()
  const holder = document.createElement("template")
  holder.innerHTML = value
  return holder.innerHTML.trim()
}
const tidied = (fields) => JSON.stringify(names.map((name) => fields[name]?.map((value) => tidy(name, value)) ?? []))
export const isSame = (one, other) => Boolean(one && other) && tidied(one) === tidied(other)

/* The address may be made anew while saving. */
export const isSameText = (one, other) => Boolean(one && other) && isSame({ ...one, slug: [""] }, { ...other, slug: [""] })

const choose = (select, values, called) => {
  for (const option of select.options) option.selected = false
  for (const value of values.filter(Boolean)) {
    const known = [...select.options].find((option) => option.value === value)
    const option = known ?? new Option(called[value] ?? value, value)
    if (!known || select.multiple) select.append(option)
    option.selected = true
  }
  if (!select.multiple && !values[0]) select.value = ""
  window.django?.jQuery?.(select).trigger("change")
}

export const fill = async ({ fields, names: called = {} }) => {
  for (const [name, values] of Object.entries(fields)) {
    const element = field(name)
    if (!element) continue
    if (element.tagName === "SELECT") choose(element, values, called[name] ?? {})
    else if (name === "body") await fillText(element, values[0] ?? "")
    else element.value = values[0] ?? ""
    element.dispatchEvent(new Event("input", { bubbles: true }))
    element.dispatchEvent(new Event("change", { bubbles: true }))
  }
}

const fillText = async (textarea, html) => {
  textarea.value = html // what the editor starts with, if it has not started yet
  const { whenReady } = await import("eir/prose-page")
  const put = new Promise((done) => whenReady((editor) => done(editor.commands.setContent(html, { emitUpdate: true }))))
  await Promise.race([put, new Promise((done) => setTimeout(done, PATIENCE))])
}
