/**
 * The streams of a server over HTTP: {@link io.streamkeeper.client.http.RemoteStreams}, and {@link
 * io.streamkeeper.client.http.BlockingRemoteStreams}, which writes them.
 *
 * <p>To read in this order: {@link io.streamkeeper.client.http.RemoteStreams} with {@link
 * io.streamkeeper.client.http.RemoteSettings}; {@link io.streamkeeper.client.http.RemoteStream}, the requests for one
 * stream; {@link io.streamkeeper.client.http.HttpFeed}, which reads a stream by server-sent events or by long-poll. An
 * {@link io.streamkeeper.client.http.EventSession}, an {@link io.streamkeeper.client.http.EventResponse}, is one response of events ({@link
 * io.streamkeeper.client.http.EventParser} parses bytes into events, {@link io.streamkeeper.client.http.BatchAssembler}
 * joins data events and their {@link io.streamkeeper.client.http.Control} into batches); an {@link
 * io.streamkeeper.client.http.AnswerBody} collects any other response into an {@link
 * io.streamkeeper.client.http.Answer}. Both are a {@link io.streamkeeper.client.http.PendingResponse}, which can be
 * cancelled at any moment. {@link io.streamkeeper.client.http.Silence} ends a connection that has been silent for too
 * long.
 *
 * <p>Streams of {@link io.streamkeeper.client.http.RemoteStreams#shared} arrive over one {@link
 * io.streamkeeper.client.http.SharedConnection}, each in a {@link io.streamkeeper.client.http.SharedFeed}: a {@link
 * io.streamkeeper.client.http.SharedResponse} consists of {@link io.streamkeeper.client.http.StreamEvent}s, and {@link
 * io.streamkeeper.client.http.StreamsRequest} creates the requests.
 *
 * <p>A blocking call sends {@link io.streamkeeper.client.http.WriteRequests} and repeats them as {@link
 * io.streamkeeper.client.http.Attempts} allows; a {@link io.streamkeeper.client.http.Download} copies stored data. {@link
 * io.streamkeeper.client.http.ReadQuery} and {@link io.streamkeeper.client.http.StreamPages} are the queries for parts of
 * streams and for listings. A {@link io.streamkeeper.client.http.ChangesWait} reads a {@link
 * io.streamkeeper.client.http.ChangesResponse} of {@link io.streamkeeper.client.http.ChangesEvent}s until one has changes.
 * {@link io.streamkeeper.client.http.Unreachable} describes a request without a response.
 *
 * <p>A follower pulls from its feed, one call at a time; responses arrive on threads of {@code java.net.http}, which
 * never block here.
 */
@NullMarked
package io.streamkeeper.client.http;

import org.jspecify.annotations.NullMarked;
