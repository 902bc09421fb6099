/** A receiver of webhooks that answers at once, so that it does not limit the server that sends them. */
@NullMarked
package io.streamkeeper.bench.receiver;

import org.jspecify.annotations.NullMarked;
