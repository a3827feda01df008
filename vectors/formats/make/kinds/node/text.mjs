// Plain text: Node's encoder of UTF-8.
export default function make() {
  const encoder = new TextEncoder();
  return {
    encoders: { TextEncoder: (text, { half }) => encoder.encode(half ? `${text}\ud83d` : text) },
    documents: {},
  };
}
