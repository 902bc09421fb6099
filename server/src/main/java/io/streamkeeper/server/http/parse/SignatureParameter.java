package io.streamkeeper.server.http.parse;

import io.streamkeeper.protocol.RefusedException;
import io.streamkeeper.server.http.request.HttpRequest;
import org.jspecify.annotations.Nullable;

/** The query parameter with the signature of a URL. */
public final class SignatureParameter {
    private SignatureParameter() {}

    /**
     * The decoded signature of a request; null for none.
     *
     * @throws RefusedException if the query is not valid
     */
    public static @Nullable String of(HttpRequest request) {
        String query = request.query();
        return query == null ? null : QueryParameters.parse(query).signature();
    }
}
