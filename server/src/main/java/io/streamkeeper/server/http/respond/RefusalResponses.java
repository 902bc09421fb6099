package io.streamkeeper.server.http.respond;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.streamkeeper.protocol.ErrorCode;
import io.streamkeeper.protocol.Refusal;
import io.streamkeeper.server.limit.LimitRefusal;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Creates the responses of refusals. Owned by one event loop. */
final class RefusalResponses {
    /** The limits that time alone does not restore. */
    private static final Set<ErrorCode> OF_CONTENT =
            EnumSet.of(ErrorCode.STREAM_LIMIT, ErrorCode.STORAGE_LIMIT, ErrorCode.SUBSCRIPTION_LIMIT);

    private final ResponseHeads heads;
    private final RefusalReports reports;

    RefusalResponses(ResponseHeads heads, RefusalReports reports) {
        this.heads = heads;
        this.reports = reports;
    }

    /** The response of a request beyond a limit. */
    Response limited(ResponseContext context, LimitRefusal limited) {
        ResponseHead head = heads.begin(context, limited.refusal().code());
        head.field(ResponseField.RETRY_AFTER, limited.retrySeconds());
        if (!limited.policy().isEmpty()) {
            head.field(ResponseField.RATELIMIT_POLICY, limited.policy())
                    .field(ResponseField.RATELIMIT, limited.state());
        }
        return finish(context, head, limited.refusal());
    }

    /** The response of a refusal; {@code allow} lists the allowed methods of the path, if the method is the reason. */
    Response refused(ResponseContext context, Refusal refusal, @Nullable String allow) {
        reports.refused(refusal);
        ResponseHead head = heads.begin(context, refusal.code());
        if (refusal.nextOffset() != null) {
            head.field(ResponseField.STREAM_NEXT_OFFSET, refusal.nextOffset());
        }
        if (refusal.closed()) {
            head.fields(ResponseFields.CLOSED);
        }
        if (refusal.earliestOffset() != null) {
            head.field(ResponseField.STREAM_EARLIEST_OFFSET, refusal.earliestOffset());
        }
        if (refusal.metadataTag() != null) {
            head.field(ResponseField.STREAM_METADATA_TAG, '"' + refusal.metadataTag() + '"');
        }
        if (refusal.producer() != null) {
            addProducer(head, refusal.producer());
        }
        if (refusal.code().status() == 503) {
            head.fields(ResponseFields.RETRY_AFTER);
        }
        if (refusal.code() == ErrorCode.NO_LEADER) {
            head.fields(ResponseFields.NO_LEADER);
        }
        if (OF_CONTENT.contains(refusal.code())) {
            head.field(ResponseField.RETRY_AFTER, LimitRefusal.CONTENT_RETRY_SECONDS);
        }
        if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
            head.fields(ResponseFields.BEARER);
        }
        if (allow != null) {
            head.field(ResponseField.ALLOW, allow);
        }
        if (refusal.code() == ErrorCode.UNSUPPORTED_CONTENT_ENCODING) {
            head.fields(ResponseFields.ACCEPT_IDENTITY);
        }
        return finish(context, head, refusal);
    }

    private Response finish(ResponseContext context, ResponseHead head, Refusal refusal) {
        head.fields(ResponseFields.NO_STORE).fields(ResponseFields.JSON);
        ByteBuf body = ByteBufUtil.writeUtf8(heads.allocator(), ErrorBody.of(refusal));
        return ResponseHeads.finish(context, head, WireBody.of(body));
    }

    private static void addProducer(ResponseHead head, Refusal.ProducerConflict conflict) {
        if (conflict.currentEpoch() >= 0) {
            head.field(ResponseField.PRODUCER_EPOCH, conflict.currentEpoch());
        }
        if (conflict.expectedSeq() >= 0) {
            head.field(ResponseField.PRODUCER_EXPECTED_SEQ, conflict.expectedSeq());
            head.field(ResponseField.PRODUCER_RECEIVED_SEQ, conflict.receivedSeq());
        }
    }
}
