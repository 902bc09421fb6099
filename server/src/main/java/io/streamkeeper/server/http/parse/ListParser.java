package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.ListQuery;
import io.streamkeeper.protocol.Quoted;
import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;

/** Creates a {@link ListQuery} from a GET or HEAD of the root. */
public final class ListParser {
    private static final String LIMIT = "limit";

    private ListParser() {}

    /**
     * Reads the request's query.
     *
     * @throws RefusedException if a parameter is not valid or occurs twice
     */
    public static ListQuery parse(HttpRequest request) {
        QueryParameters query = QueryParameters.parse(request.query());
        String live = query.live();
        if (live != null) {
            throw new RefusedException(
                    ErrorCode.INVALID_PARAMETER,
                    "parameter live is " + Quoted.of(live) + ", expected none: a listing is not live");
        }
        RangeParameters range = query.range();
        String limit = range == null ? null : range.get(LIMIT);
        ListParameters list = query.list();
        return list == null
                ? ListQuery.parse(null, null, limit, null)
                : ListQuery.parse(
                        list.get(ListParameters.PREFIX),
                        list.get(ListParameters.AFTER),
                        limit,
                        list.get(ListParameters.DELIMITER));
    }
}
