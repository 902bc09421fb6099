/**
 * Tests of the server as its clients meet it: over sockets, in this JVM, one class for each part of the protocol. {@code
 * TestServer} starts a server and checks behind it that no buffer leaked, no loop was blocked and nothing failed unseen; {@code TestConnection}
 * is a client that reads strictly; {@code RandomOperationsTest} compares the whole with a model.
 */
@NullMarked
package io.streamkeeper.server.wire;

import org.jspecify.annotations.NullMarked;
