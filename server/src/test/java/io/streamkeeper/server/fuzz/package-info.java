/**
 * A fuzzer for the server's HTTP/1.1: seeded clients over raw sockets that pipeline, fragment, stall, read slowly,
 * half-close, break requests off and send damaged ones. Every request is answered, in order, or its connection is
 * closed within the stated timeouts; what valid requests wrote and read stays intact.
 *
 * <p>Reading order: {@link io.streamkeeper.server.fuzz.HttpFuzzTest}, {@link io.streamkeeper.server.fuzz.FuzzSession},
 * {@link io.streamkeeper.server.fuzz.Requests}, {@link io.streamkeeper.server.fuzz.Mutations},
 * {@link io.streamkeeper.server.fuzz.FuzzSocket}, {@link io.streamkeeper.server.fuzz.ResponseParser}.
 */
@NullMarked
package io.streamkeeper.server.fuzz;

import org.jspecify.annotations.NullMarked;
