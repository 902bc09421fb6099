/** The network between the members of a cluster in tests. */
@NullMarked
package io.streamkeeper.protocol.network;

import org.jspecify.annotations.NullMarked;
