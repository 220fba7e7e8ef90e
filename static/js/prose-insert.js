/* Where a block goes that a writer inserts: for the modules of pictures, embeds and the divider. */

import { pm } from "django-prose-editor/editor"

/* Put a block after the one the cursor is in (or `place` lies in), or in place of an empty paragraph, and go on writing
   in or after it. */
export const insertBlock = (editor, json, place = null) =>
  editor
    .chain()
    .focus()
    .command(({ tr }) => {
      const { schema, selection } = editor.state
      const $to = place === null ? selection.$to : editor.state.doc.resolve(place)
      const end = $to.depth ? $to.after(1) : $to.pos
      const isBlank = $to.depth === 1 && $to.parent.type.name === "paragraph" && !$to.parent.content.size
      const start = isBlank ? $to.before(1) : end
      const block = schema.nodeFromJSON(json)
      const after = start + block.nodeSize
      tr.replaceWith(start, end, block)
      if (after === tr.doc.content.size) tr.insert(after, schema.nodes.paragraph.create())
      tr.setSelection(pm.state.TextSelection.near(tr.doc.resolve(block.isAtom ? after + 1 : after - 1)))
      return true
    })
    .run()
