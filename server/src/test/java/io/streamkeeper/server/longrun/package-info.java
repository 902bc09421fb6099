/**
 * The long-running test of the packaged jar: random traffic through HTTP, restarts, kills and tools, checked against a
 * model. In reading order: {@code LongRunIT}, what happens to the process; {@code Plan}, how each start is configured;
 * {@code World}, a data directory and its users; {@code Access} and {@code
 * Intruder}, who may use the server, and somebody who may not; {@code SmallDisk}, {@code ServerClock} and {@code ClockAgent}, a small
 * disk and a clock that moves; {@code Traffic}, what one client does; {@code Writes}, {@code Lives} and {@code Reads},
 * its operations; {@code Flow} and {@code Fills}, those before an end and on a full disk; {@code Settlement}, what is
 * checked after a start; {@code ModelStream}, what a stream must hold; {@code Subscribers}, streams that subscriptions follow, with the workers
 * {@code WebhookReceiver} and {@code PullWorker}; {@code ModelSubscription}, what a subscription must hold; {@code
 * Redelivery}, what workers receive after a start; {@code Reach}, the counters; {@code Wire}, one connection. {@code
 * ClusterLongRunIT} has the same traffic against the members of a cluster, with {@code ClusterFaults}; {@code Servers} is what
 * both have in common, and {@code Arrangement} what members may have made of requests that were not answered.
 *
 * <p>Each thread of traffic has its streams for itself. A feature that is added to the server comes with its operation,
 * its part of the model and its counter here.
 */
package io.streamkeeper.server.longrun;
