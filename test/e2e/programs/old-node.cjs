// Preloaded: makes this Node claim to be an old one, as far as bin/old-node.cjs looks.
Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
