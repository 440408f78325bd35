// Breaks a connection as a lost network does: whoever is at its other side is told of no end.

/** @param {import('node:net').Socket} socket */
export function reset(socket) {
  // One that ends by itself is closed only: asked for both at once Node does neither, keeps it, and never ends itself.
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
