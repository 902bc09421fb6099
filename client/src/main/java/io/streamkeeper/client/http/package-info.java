/**
 * The streams of a server over HTTP: {@link io.streamkeeper.client.http.RemoteStreams}. A writer over HTTP belongs here
 * too.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.http.RemoteStreams} with {@link
 * io.streamkeeper.client.http.RemoteSettings}; {@link io.streamkeeper.client.http.RemoteStream}, the requests for one
 * stream; {@link io.streamkeeper.client.http.HttpFeed}, which reads a stream by server-sent events or by long-poll. An
 * {@link io.streamkeeper.client.http.EventSession} is one response of events ({@link
 * io.streamkeeper.client.http.EventParser} makes events of bytes, {@link io.streamkeeper.client.http.BatchAssembler}
 * batches of events and their {@link io.streamkeeper.client.http.Control}); an {@link
 * io.streamkeeper.client.http.AnswerBody} takes any other response as an {@link io.streamkeeper.client.http.Answer}.
 * Both are a {@link io.streamkeeper.client.http.PendingResponse}, which requests no more of the connection than is
 * wanted. {@link io.streamkeeper.client.http.Silence} ends a connection that has been silent for too long.
 *
 * <p>A feed is pulled by its follower, one call at a time; responses arrive on threads of {@code java.net.http}, which
 * never block here.
 */
@NullMarked
package io.streamkeeper.client.http;

import org.jspecify.annotations.NullMarked;
