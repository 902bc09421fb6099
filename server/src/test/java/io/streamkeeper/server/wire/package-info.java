/**
 * Tests of the server as its clients meet it: over sockets, in this JVM, one class for each part of the protocol.
 * {@code TestServer} starts a server and checks afterwards that no buffer leaked, no loop was blocked and no fault was
 * logged; {@code TestConnection} is a client that reads strictly; {@code RandomOperationsTest} compares the whole with
 * a model.
 */
@NullMarked
package io.streamkeeper.server.wire;

import org.jspecify.annotations.NullMarked;
