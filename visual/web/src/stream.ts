// The websocket: connects, notices silence, connects again, for as long as the page is open.

import type { Message } from "./types";

const SILENCE = 7000; // ms; the server speaks at least every two seconds
const LONGEST_PAUSE = 5000; // ms between two attempts

export interface StreamHandlers {
  message(message: Message): void;
  connected(yes: boolean): void;
}

export class Stream {
  private socket: WebSocket | null = null;
  private pause = 300;
  private heard = 0;

  constructor(private readonly handlers: StreamHandlers) {
    this.open();
    setInterval(() => {
      if (this.socket && performance.now() - this.heard > SILENCE) this.retry();
    }, 1000);
  }

  private open(): void {
    const url = new URL("api/stream", location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    url.search = "";
    const socket = new WebSocket(url);
    this.socket = socket;
    this.heard = performance.now();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.heard = performance.now();
      const message = JSON.parse(event.data) as Message;
      if (message.type === "hello") {
        this.pause = 300;
        this.handlers.connected(true);
      }
      this.handlers.message(message);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.retry();
    };
  }

  private retry(): void {
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.handlers.connected(false);
    setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(LONGEST_PAUSE, this.pause * 1.6);
  }
}
