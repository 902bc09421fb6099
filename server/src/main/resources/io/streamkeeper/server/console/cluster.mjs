/** The members of a cluster, as the member at this address knows them. */

import { element, factsOf } from './dom.mjs';
import { send } from './requests.mjs';

const TARGET = '/admin/cluster';
const HEAD = ['Member', 'Address', 'Role', 'Entries it lacks', 'Last contact', 'Clock'];

const millis = value => (value === undefined ? 'unknown' : `${value} ms`);
const roleOf = (status, { name, leads }) =>
  name === status.member ? status.role : leads ? 'leader' : 'follower';

class ClusterMembers extends HTMLElement {
  /** Reads the status, and shows it. */
  async refresh(signal) {
    const status = await (await send({ target: TARGET }, signal)).json();
    this.replaceChildren(
      element('h2', { textContent: `Cluster ${status.cluster}` }),
      element(
        'dl',
        {},
        ...factsOf({
          'This member': `${status.member ?? ''}, ${status.role}`,
          'Not ready': status.reason,
          Leader: status.leader ? `${status.leader.name}, since ${status.leader.since}` : 'none is known',
          Term: status.term,
          'Log, delivered': `${status.deliveredIndex} of ${status.committedIndex}`,
        }),
      ),
      element(
        'table',
        {},
        element('tr', {}, ...HEAD.map(textContent => element('th', { textContent }))),
        ...(status.members ?? []).map(member => this.#row(status, member)),
      ),
    );
  }

  #row(status, member) {
    const lag = member.lagEntries === undefined ? 'unknown' : member.lagEntries;
    const cells = [
      member.name,
      member.address,
      roleOf(status, member),
      lag,
      millis(member.contactMillis),
      member.name === status.member ? '' : millis(member.clockSkewMillis),
    ];
    return element('tr', { dataset: { member: member.name } }, ...cells.map(textContent => element('td', { textContent })));
  }
}

customElements.define('cluster-members', ClusterMembers);
