/**
 * The control interfaces of subscriptions over HTTP (protocol sections 6 and 7). {@link
 * io.streamkeeper.server.http.subscription.SubscriptionRoutes} are the paths, {@code SubscriptionRequests} answers their
 * requests: it reads a body as {@code BodyReading} says, through {@code JsonObject}, {@code SpecParser} and {@code
 * AckParser}, and calls {@link io.streamkeeper.server.subscription.Subscriptions}. {@code SubscriptionGate} asks the
 * security policy about the streams that a body names, and {@code ViewBody} writes a long answer.
 *
 * <p>Called on the loop of a connection; a long body is read by a thread that may block.
 */
@NullMarked
package io.streamkeeper.server.http.subscription;

import org.jspecify.annotations.NullMarked;
