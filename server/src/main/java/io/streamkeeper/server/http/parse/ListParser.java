package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.ListingPosition;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HeaderName;
import io.streamkeeper.server.http.request.HttpRequest;
import io.streamkeeper.server.http.request.Method;
import org.jspecify.annotations.Nullable;

/** Creates the intent of a GET or HEAD of the root: a page of a listing, or the changes after it. */
public final class ListParser {
    private static final String LIMIT = "limit";
    private static final String SSE = "sse";

    private ListParser() {}

    /**
     * The prefix of a listing, for the decision whether the client may list.
     *
     * @throws RefusedException if a parameter is not valid or occurs twice
     */
    public static String prefix(HttpRequest request) {
        Intent intent = intent(request);
        return intent instanceof Intent.OnChanges changes
                ? changes.prefix()
                : ((Intent.OnListing) intent).query().prefix();
    }

    /**
     * Reads the request's query and its {@code Last-Event-ID}.
     *
     * @throws RefusedException if a parameter is not valid or occurs twice
     */
    static Intent intent(HttpRequest request) {
        QueryParameters query = QueryParameters.parse(request.query());
        RangeParameters range = query.range();
        String limit = range == null ? null : range.get(LIMIT);
        ListParameters list = query.list() == null ? new ListParameters() : query.list();
        String prefix = list.get(ListParameters.PREFIX);
        String after = list.get(ListParameters.AFTER);
        String delimiter = list.get(ListParameters.DELIMITER);
        if (query.live() == null) {
            return new Intent.OnListing(ListQuery.parse(prefix, after, limit, delimiter));
        }
        if (!query.live().equals(SSE) || request.method() != Method.GET) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter live is " + Quoted.of(query.live()) + ", expected sse with GET, or none");
        }
        checkAbsent(LIMIT, limit);
        checkAbsent(ListParameters.DELIMITER, delimiter);
        return new Intent.OnChanges(
                ListQuery.parse(prefix, null, null, null).prefix(), position(request, query, after));
    }

    private static void checkAbsent(String name, @Nullable String value) {
        if (value != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter " + name + " came with live and the value " + Quoted.of(value)
                            + "; expected one of both");
        }
    }

    /** The last event that the client received is after the position where it began. */
    private static @Nullable ListingPosition position(
            HttpRequest request, QueryParameters query, @Nullable String after) {
        String field = request.header(HeaderName.LAST_EVENT_ID);
        if (field != null && !field.isEmpty()) {
            return ListingPosition.parse("Last-Event-ID", field);
        }
        if (query.lastEventId() != null && !query.lastEventId().isEmpty()) {
            return ListingPosition.parse("parameter lastEventId", query.lastEventId());
        }
        return after == null || after.isEmpty() ? null : ListingPosition.parse("parameter after", after);
    }
}
