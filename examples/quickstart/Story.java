package examples.quickstart;

import io.github.keywharf.testing.totesys.TotesysGenerator;
import io.github.keywharf.testing.totesys.TotesysInvariants;
import io.github.keywharf.testing.totesys.TotesysTorture;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What happens in the order database: written by its own application, not by the library. */
final class Story {
    static final LocalDate FIRST_DAY = LocalDate.of(2025, 1, 6);
    private static final int DAYS = 365;
    private static final int SEED = 7;
    private static final Set<DayOfWeek> WEEKEND = EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);

    private final TotesysGenerator generator =
            TotesysGenerator.builder(SEED).startDate(FIRST_DAY).days(DAYS).build();
    private final TotesysTorture torture = new TotesysTorture(SEED);
    private final Connection source;

    Story(Connection source) {
        this.source = source;
    }

    /** The keys of the sales orders that faults were injected into. */
    record Faults(int edited, int deleted, int bad, String goodDate) {}

    void history() throws SQLException {
        generator.createSchema(source);
        generator.generateHistory(source);
        execute("ANALYZE");
    }

    /** Lets time pass to the end of the next working day. */
    LocalDate nextDay() throws SQLException {
        LocalDate day;
        do {
            day = generator.advance(source, 1).toLocalDate();
        } while (WEEKEND.contains(day.getDayOfWeek()));
        return day;
    }

    /** Which rules of an order database this one breaks. */
    List<String> violations() throws SQLException {
        return TotesysInvariants.violations(source, generator.now(source));
    }

    /** One more day, with one order edited without a new time stamp, one deleted, and one with an invalid delivery date. */
    Faults injectFaults() throws SQLException {
        nextDay();
        List<Integer> old = torture.someSales(source, 1);
        List<Integer> edited = torture.silentEdit(source, 1);
        int bad = Integer.parseInt(text("SELECT max(sales_order_id) FROM sales_order"));
        String goodDate = text("SELECT agreed_delivery_date FROM sales_order WHERE sales_order_id = " + bad);
        torture.deleteOrder(source, old.get(0));
        torture.unparseableDate(source, bad);
        return new Faults(edited.get(0), old.get(0), bad, goodDate);
    }

    /** Corrects the date in the source as well, as its owner would. */
    void correct(Faults done) throws SQLException {
        try (PreparedStatement statement =
                source.prepareStatement("UPDATE sales_order SET agreed_delivery_date = ? WHERE sales_order_id = ?")) {
            statement.setString(1, done.goodDate());
            statement.setInt(2, done.bad());
            statement.executeUpdate();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = source.createStatement()) {
            statement.execute(sql);
        }
    }

    private String text(String sql) throws SQLException {
        try (Statement statement = source.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
