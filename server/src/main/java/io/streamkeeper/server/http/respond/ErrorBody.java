package io.streamkeeper.server.http.respond;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.streamkeeper.protocol.Refusal;

/** The body of every refusal: {@code {"error":{"code":"…","message":"…"}}}. */
public final class ErrorBody {
    private ErrorBody() {}

    public static String of(Refusal refusal) {
        StringBuilder body = new StringBuilder("{\"error\":{\"code\":\"")
                .append(refusal.code().code())
                .append("\",\"message\":\"");
        JsonStringEncoder.getInstance().quoteAsString(refusal.message(), body);
        body.append('"');
        if (refusal.earliestOffset() != null) {
            body.append(",\"earliestOffset\":\"")
                    .append(refusal.earliestOffset())
                    .append('"');
        }
        return body.append("}}").toString();
    }
}
