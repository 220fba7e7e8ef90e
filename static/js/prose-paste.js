/* What is pasted from Word, Google Docs or a web page, cleaned before the editor reads it. The server cleans again as
   the text is saved (articles/markup); here the writer sees at once what will be kept. */

import { Extension, Plugin } from "django-prose-editor/editor"

const UNWANTED = "script, style, meta, link, title, xml, template, noscript, iframe, object, svg, nav, button, select"
const MARKER = "[style*='mso-list:Ignore'], [style*='mso-list: Ignore']"
const TRACKING = /^(utm_\w+|fbclid|gclid|dclid|msclkid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok)$/i
const NUMBERED = /^\(?(\d+|[a-z]|[ivxlc]+)[.)]/i
const BULLET = /^[·•▪◦‣●○■□\uf0b7\uf0a7\uf0d8][\s\u00a0]*/

const all = (root, selector) => [...root.querySelectorAll(selector)]
const unwrap = (element) => element.replaceWith(...element.childNodes)
const rename = (element, tag) => {
  const renamed = element.ownerDocument.createElement(tag)
  renamed.append(...element.childNodes)
  element.replaceWith(renamed)
}

/* Read from the attribute: a strict content policy leaves element.style empty. */
const styleOf = (element, property) => {
  const declared = new RegExp(`(?:^|;)\\s*${property}\\s*:\\s*([^;]+)`, "i").exec(element.getAttribute("style") ?? "")
  return declared?.[1].trim().toLowerCase() ?? ""
}

const removeComments = (body) => {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT)
  const comments = []
  while (walker.nextNode()) comments.push(walker.currentNode)
  for (const comment of comments) comment.remove()
}

const removeCruft = (body) => {
  removeComments(body)
  for (const element of all(body, UNWANTED)) element.remove()
  for (const element of all(body, "[style*='display:none'], [style*='display: none'], [style*='mso-hide:all']")) {
    element.remove()
  }
  for (const element of all(body, "*")) if (element.localName.includes(":")) unwrap(element)
  for (const element of all(body, "b, strong")) if (/^(normal|400)$/.test(styleOf(element, "font-weight"))) unwrap(element)
  for (const line of all(body, "br")) if (line.parentElement.querySelector(":scope > :is(p, h1, h2, h3, ul, ol, div)")) line.remove()
}

/* Google Docs and web pages say bold by a style; the element that means it takes its place. */
const MEANINGS = [
  ["font-weight", /^(bold|[6-9]00)$/, "strong"],
  ["font-style", /^(italic|oblique)$/, "em"],
  ["text-decoration", /line-through/, "s"],
  ["vertical-align", /^super$/, "sup"],
  ["vertical-align", /^sub$/, "sub"],
]

const settleStyles = (body) => {
  for (const span of all(body, "span[style], font[style]")) {
    for (const [property, pattern, tag] of MEANINGS) {
      if (!pattern.test(styleOf(span, property))) continue
      const mark = span.ownerDocument.createElement(tag)
      mark.append(...span.childNodes)
      span.append(mark)
    }
  }
  for (const element of all(body, "[style]")) element.removeAttribute("style")
}

/* Word: a reference in the text and, at the end, a note that leads back to it. */
const restoreNotes = (body) => {
  for (const link of all(body, "a[href^='#_ftn'], a[href^='#_edn'], a[href^='#ftnt']")) {
    const name = CSS.escape(link.getAttribute("href").slice(1))
    const target = body.querySelector(`[id="${name}"], [name="${name}"]`)
    const holder = target?.closest("p, li")
    const back = holder?.querySelector("a[href*='ref']")
    if (!holder || !back || holder.contains(link)) continue
    back.remove()
    const note = body.ownerDocument.createElement("span")
    note.className = "footnote"
    note.append(...holder.childNodes)
    const first = note.firstChild
    if (first?.nodeType === Node.TEXT_NODE) first.data = first.data.trimStart()
    const sup = link.closest("sup")
    ;(sup ?? link).replaceWith(note)
    holder.remove()
  }
  for (const list of all(body, "[style*='mso-element:footnote-list'], [style*='mso-element:endnote-list']")) list.remove()
}

/* Word: items are paragraphs that say their level in a style and their sign in text. */
const placeOf = (element) => {
  if (element?.localName !== "p") return null
  const level = /mso-list:[^;]*level(\d)/i.exec(element.getAttribute("style") ?? "")
  const marker = element.querySelector(MARKER)
  if (level || marker) {
    return { level: level ? Number(level[1]) : 1, tag: NUMBERED.test(marker?.textContent.trim() ?? "") ? "ol" : "ul" }
  }
  return BULLET.test(element.textContent) && element.textContent.replace(BULLET, "") ? { level: 1, tag: "ul" } : null
}

const removeSign = (paragraph) => {
  for (const marker of all(paragraph, MARKER)) marker.remove()
  const first = paragraph.ownerDocument.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode()
  if (first) first.data = first.data.replace(BULLET, "")
}

const restoreLists = (body) => {
  let open = []
  let last = null
  for (const paragraph of all(body, "p")) {
    const place = paragraph.closest("li, td, th") ? null : placeOf(paragraph)
    if (!place) continue
    const previous = paragraph.previousElementSibling
    if (!last || previous !== last) open = []
    while (open.length > place.level) open.pop()
    if (open.length === place.level && open.at(-1).localName !== place.tag) open.pop()
    const item = paragraph.ownerDocument.createElement("li")
    if (open.length < place.level) {
      const list = paragraph.ownerDocument.createElement(place.tag)
      const parent = open.at(-1)?.lastElementChild
      if (parent) parent.append(list)
      else paragraph.before(list)
      open.push(list)
      if (!parent) last = list
    }
    open.at(-1).append(item)
    removeSign(paragraph)
    item.append(paragraph)
  }
}

const isOurs = (src) => /^\/media\/[^\\]+$/.test(src) && !src.includes("..")

const removePictures = (body) => {
  for (const image of all(body, "img")) {
    if (isOurs(image.getAttribute("src") ?? "") || image.dataset.picture) continue
    ;(image.closest("figure") ?? image).remove()
  }
  for (const image of all(body, "img")) {
    if (image.closest("figure")) continue
    const figure = image.ownerDocument.createElement("figure")
    ;(image.closest("p") ?? image).before(figure)
    figure.append(image)
  }
}

const cleanAddress = (href) => {
  let url
  try {
    url = new URL(href)
  } catch {
    return /^\/(?!\/)[^\\]*$/.test(href) ? href : ""
  }
  if (/^www\.google\.[a-z.]+$/.test(url.hostname) && url.pathname === "/url") return cleanAddress(url.searchParams.get("q") ?? "")
  if (!["http:", "https:", "mailto:"].includes(url.protocol)) return ""
  const tracking = [...url.searchParams.keys()].filter((key) => TRACKING.test(key))
  if (!tracking.length) return href
  for (const key of tracking) url.searchParams.delete(key)
  return url.href
}

const cleanLinks = (body) => {
  for (const link of all(body, "a")) {
    const href = cleanAddress(link.getAttribute("href") ?? "")
    if (href) link.setAttribute("href", href)
    else unwrap(link)
  }
}

const settleHeadings = (body) => {
  for (const heading of all(body, "h1, p.MsoTitle")) rename(heading, "h2")
  for (const heading of all(body, "h4, h5, h6")) rename(heading, "h3")
  for (const quote of all(body, "p.MsoQuote, p.MsoIntenseQuote")) {
    const wrapper = quote.ownerDocument.createElement("blockquote")
    quote.replaceWith(wrapper)
    wrapper.append(quote)
  }
}

const removeEmpty = (body) => {
  for (const element of all(body, "p, h2, h3, li")) {
    if (!element.textContent.trim() && !element.querySelector("img, hr")) element.remove()
  }
}

/* Typed space, and breaks doubled in place of a paragraph. */
const settleSpaces = (body) => {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const text = walker.currentNode
    text.data = text.data.replace(/[ \t\n\u00a0]{2,}/g, " ").replace(/[\u200b\ufeff]/g, "")
  }
}

export const cleanPaste = (html) => {
  const { body } = new DOMParser().parseFromString(html.replace(/<!\[(?:if|endif)[^>]*>/gi, ""), "text/html")
  /* The editor's own text, cut or dragged from one place to another, needs no cleaning. */
  if (body.querySelector("[data-pm-slice]")) return html
  for (const clean of [
    removeCruft,
    restoreNotes,
    settleHeadings,
    restoreLists,
    removePictures,
    cleanLinks,
    settleStyles,
    settleSpaces,
    removeEmpty,
  ]) {
    clean(body)
  }
  return body.innerHTML
}

/* Plain text: blank lines part the paragraphs, if there are any; the lines between them are wrapped by hand. */
export const joinLines = (text) => {
  const paragraphs = text.replace(/\r\n?/g, "\n").trim().split(/\n[ \t]*\n\s*/)
  if (paragraphs.length === 1) return text
  return paragraphs.map((paragraph) => paragraph.split(/\s*\n\s*/).join(" ")).join("\n")
}

export const CleanPaste = Extension.create({
  name: "cleanPaste",

  addProseMirrorPlugins() {
    return [new Plugin({ props: { transformPastedHTML: cleanPaste, transformPastedText: joinLines } })]
  },
})
