/** Bytes of a stream to lines and to server-sent events, wherever the network cut them. */

/** Whole lines out of chunks; a chunk may end inside a line or inside a character. */
export class LineReader {
  private decoder = new TextDecoder();
  private rest = '';

  /** The lines that this chunk completes. */
  take(chunk: Uint8Array): string[] {
    const lines = (this.rest + this.decoder.decode(chunk, { stream: true })).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.map(withoutReturn);
  }

  /** What came after the last end of line. */
  end(): string {
    const last = this.rest + this.decoder.decode();
    this.rest = '';
    return withoutReturn(last);
  }
}

/** One event of a server-sent stream. */
export interface ServerEvent {
  event: string;
  data: string;
  id: string | null;
}

/** Events out of lines, as the HTML standard reads them. */
export class EventReader {
  private event = '';
  private data: string[] = [];
  private id: string | null = null;
  /** Milliseconds the server asks to wait before the next connection. */
  retry: number | null = null;

  /** The event that this line completes, if any. */
  take(line: string): ServerEvent | null {
    if (line === '') {
      return this.complete();
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    this.note(field, value);
    return null;
  }

  private note(field: string, value: string): void {
    if (field === 'event') {
      this.event = value;
    } else if (field === 'data') {
      this.data.push(value);
    } else if (field === 'id' && !value.includes('\0')) {
      this.id = value;
    } else if (field === 'retry' && /^\d+$/.test(value)) {
      this.retry = Number(value);
    } // an empty field is a comment: the server shows that it lives
  }

  private complete(): ServerEvent | null {
    const { event, data } = this;
    this.event = '';
    this.data = [];
    return data.length ? { event: event || 'message', data: data.join('\n'), id: this.id } : null;
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
