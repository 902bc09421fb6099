/**
 * Lines about requests, for a file or standard output. In reading order: {@link io.streamkeeper.server.log.LineQueue}
 * takes lines from any thread without a lock, and its own thread writes them to a {@link
 * io.streamkeeper.server.log.LineTarget}; {@link io.streamkeeper.server.log.AccessLog} has one line for each request,
 * {@link io.streamkeeper.server.log.AccessLine}, in the form of {@link io.streamkeeper.server.log.AccessText}.
 *
 * <p>Each class states its owner.
 */
@NullMarked
package io.streamkeeper.server.log;

import org.jspecify.annotations.NullMarked;
