package io.streamkeeper.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MetadataChangeTest {
    private static final Retention BEFORE = new Retention(1, 2, 3);

    private static MetadataChange parse(String ttl, String expiresAt, String age) {
        return MetadataChange.parse(null, ttl, expiresAt, age, null, null);
    }

    @Test
    void whatIsNotSentStays() {
        MetadataChange change = parse(null, null, "7");

        assertThat(change.retention(BEFORE)).isEqualTo(new Retention(7, 2, 3));
        assertThat(change.expiry(new Expiry.Ttl(5))).isEqualTo(new Expiry.Ttl(5));
        assertThat(change.contentType(ContentType.JSON)).isEqualTo(ContentType.JSON);
    }

    @Test
    void noneRemoves() {
        assertThat(parse(null, null, "none").retention(BEFORE)).isEqualTo(new Retention(-1, 2, 3));
        assertThat(parse("none", null, null).expiry(new Expiry.At(5))).isEqualTo(Expiry.never());
        assertThat(parse(null, "none", null).expiry(new Expiry.Ttl(5))).isEqualTo(Expiry.never());
    }

    @Test
    void aChangeOfNothingIsRefused() {
        assertThatThrownBy(() -> parse(null, null, null)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> parse("0", null, null)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> parse("1", "none", null)).isInstanceOf(RefusedException.class);
    }

    @Test
    void eachPropertyCountsForTheTag() {
        List<StreamInfo> all = new ArrayList<>();
        for (Expiry expiry : List.of(Expiry.never(), new Expiry.Ttl(0), new Expiry.Ttl(1), new Expiry.At(1))) {
            for (Retention retention : List.of(
                    Retention.none(),
                    new Retention(1, -1, -1),
                    new Retention(-1, 1, -1),
                    new Retention(-1, -1, 1),
                    BEFORE)) {
                for (String type : List.of("text/plain", "text/plain;x=y", "application/json")) {
                    all.add(info(7, type, expiry, retention));
                    all.add(info(8, type, expiry, retention));
                }
            }
        }

        assertThat(all.stream().map(StreamInfo::metadataTag).distinct()).hasSameSizeAs(all);
        assertThat(info(7, "text/plain", Expiry.never(), BEFORE).metadataTag())
                .isEqualTo(info(7, "text/plain", Expiry.never(), BEFORE).metadataTag())
                .matches("7:[0-9a-f]{16}");
    }

    private static StreamInfo info(long incarnation, String type, Expiry expiry, Retention retention) {
        return new StreamInfo(
                incarnation, ContentType.parse(type), Offset.ZERO, false, expiry, retention, Offset.ZERO, 0);
    }
}
