package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.Command;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.protocol.StreamPath;
import io.streamkeeper.protocol.StreamsEventId;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.route.Route;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operation that a request asks for. */
public sealed interface Intent {
    /**
     * An operation on a stream.
     *
     * @param command the operation; it owns the request's body
     */
    record OnStream(Command command) implements Intent {}

    /**
     * Many streams, which one response follows.
     *
     * @param reads where each begins
     * @param isResumable whether the id of each event has the offsets of all of them, as {@link StreamsEventId} does
     * @param asBytes whether the data of text is encoded as that of bytes is, so that it arrives as it was appended
     */
    record OnStreams(List<Command.Read> reads, boolean isResumable, boolean asBytes) implements Intent {}

    /**
     * A change of the streams that another response follows.
     *
     * @param session its id
     * @param added the streams that it follows from now on as well
     * @param removed those that it does not follow any more
     */
    record OnSession(String session, List<Command.Read> added, List<StreamPath> removed) implements Intent {}

    /**
     * A page of the listing of streams.
     *
     * @param query which page
     */
    record OnListing(ListQuery query) implements Intent {}

    /**
     * The creations, closures and deletions of streams, which a response follows.
     *
     * @param prefix the text with which their paths begin
     * @param after the position after which they begin; null for now
     */
    record OnChanges(String prefix, @Nullable ListingPosition after) implements Intent {}

    /**
     * A request for a path of the table.
     *
     * @param route allows the request's method
     * @param request still owns its body
     */
    record Routed(Route route, HttpRequest request) implements Intent {}

    /**
     * {@code OPTIONS}: the methods that a path allows, also for scripts of other origins (CORS).
     *
     * @param methods the methods of the path, as a list
     */
    record Options(String methods) implements Intent {}

    /**
     * A request that the server refuses.
     *
     * @param refusal the answer
     * @param allow if the method is not allowed: the methods that are, as the field {@code Allow} lists them
     */
    record Refused(Refusal refusal, @Nullable String allow) implements Intent {}
}
