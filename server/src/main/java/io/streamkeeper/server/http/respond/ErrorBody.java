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
        if (refusal.lease() != null) {
            body.append(",\"current_holder\":\"");
            JsonStringEncoder.getInstance().quoteAsString(refusal.lease().holder(), body);
            body.append("\",\"generation\":").append(refusal.lease().generation());
        }
        return body.append("}}").toString();
    }
}
