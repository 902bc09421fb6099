/** A SharedWorker that stands for leader of the members of a stream, which its name contains; it ends after its tabs. */

import { Member } from './member.mjs';

const { url, keep } = JSON.parse(self.name);
let stands = false;

async function stand() {
  if (!stands) {
    stands = true;
    const member = new Member(url, keep, () => {});
    await member.stand();
    member.close();
    stands = false;
  }
}

self.onconnect = ({ ports: [port] }) => {
  stand();
  port.postMessage('standing');
};
