package io.github.keywharf.bench.totesys;

import io.github.keywharf.testing.PostgresServer;
import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.job.builder.SimpleJobBuilder;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.support.TaskExecutorJobLauncher;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.batch.core.repository.support.JdbcJobRepositoryFactoryBean;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.item.database.JdbcBatchItemWriter;
import org.springframework.batch.infrastructure.item.database.JdbcCursorItemReader;
import org.springframework.batch.infrastructure.item.database.builder.JdbcBatchItemWriterBuilder;
import org.springframework.batch.infrastructure.item.database.builder.JdbcCursorItemReaderBuilder;
import org.springframework.core.io.ClassPathResource;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.datasource.init.ResourceDatabasePopulator;

/**
 * The same work done with Spring Batch as its documentation has it: a cursor reader over the sales orders in the order
 * of their key, which a restart needs, a processor, and a batching writer, 10,000 to a chunk, with the driver rewriting
 * inserts; the dimensions likewise, joined by SQL; and the job repository in the warehouse. No zones.
 */
final class SpringBatchPeer {

    private static final int CHUNK = 10_000;

    private static final String INSERT = "INSERT INTO fact_sales_order (sales_order_id, created_date, created_time,"
            + " last_updated_date, last_updated_time, sales_staff_id, counterparty_id, units_sold, unit_price,"
            + " currency_id, design_id, agreed_payment_date, agreed_delivery_date, agreed_delivery_location_id)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private record SalesOrder(
            int salesOrderId,
            LocalDateTime createdAt,
            LocalDateTime lastUpdated,
            int designId,
            int staffId,
            int counterpartyId,
            int unitsSold,
            BigDecimal unitPrice,
            int currencyId,
            String agreedDeliveryDate,
            String agreedPaymentDate,
            int agreedDeliveryLocationId) {

        static SalesOrder of(ResultSet row, int number) throws SQLException {
            return new SalesOrder(
                    row.getInt("sales_order_id"),
                    row.getObject("created_at", LocalDateTime.class),
                    row.getObject("last_updated", LocalDateTime.class),
                    row.getInt("design_id"),
                    row.getInt("staff_id"),
                    row.getInt("counterparty_id"),
                    row.getInt("units_sold"),
                    row.getBigDecimal("unit_price"),
                    row.getInt("currency_id"),
                    row.getString("agreed_delivery_date"),
                    row.getString("agreed_payment_date"),
                    row.getInt("agreed_delivery_location_id"));
        }
    }

    private record Fact(
            SalesOrder order,
            LocalDate createdDate,
            LocalTime createdTime,
            LocalDate lastUpdatedDate,
            LocalTime lastUpdatedTime,
            LocalDate agreedPaymentDate,
            LocalDate agreedDeliveryDate) {

        static Fact of(SalesOrder order) {
            return new Fact(
                    order,
                    order.createdAt().toLocalDate(),
                    order.createdAt().toLocalTime(),
                    order.lastUpdated().toLocalDate(),
                    order.lastUpdated().toLocalTime(),
                    LocalDate.parse(order.agreedPaymentDate()),
                    LocalDate.parse(order.agreedDeliveryDate()));
        }

        static void bind(Fact fact, PreparedStatement insert) throws SQLException {
            SalesOrder order = fact.order();
            insert.setInt(1, order.salesOrderId());
            insert.setObject(2, fact.createdDate());
            insert.setObject(3, fact.createdTime());
            insert.setObject(4, fact.lastUpdatedDate());
            insert.setObject(5, fact.lastUpdatedTime());
            insert.setInt(6, order.staffId());
            insert.setInt(7, order.counterpartyId());
            insert.setInt(8, order.unitsSold());
            insert.setBigDecimal(9, order.unitPrice());
            insert.setInt(10, order.currencyId());
            insert.setInt(11, order.designId());
            insert.setObject(12, fact.agreedPaymentDate());
            insert.setObject(13, fact.agreedDeliveryDate());
            insert.setInt(14, order.agreedDeliveryLocationId());
        }
    }

    private final PostgresServer server;

    SpringBatchPeer(PostgresServer server) {
        this.server = server;
    }

    /** Creates the job repository's tables in a warehouse. */
    void prepare(String warehouse) {
        ResourceDatabasePopulator populator = new ResourceDatabasePopulator(
                new ClassPathResource("org/springframework/batch/core/schema-postgresql.sql"));
        populator.execute(dataSource(warehouse));
    }

    /** Fills an empty warehouse. */
    void run(String source, String warehouse) throws Exception {
        PGSimpleDataSource from = dataSource(source);
        SingleConnectionDataSource to =
                new SingleConnectionDataSource(dataSource(warehouse).getConnection(), true);
        try {
            DataSourceTransactionManager transactions = new DataSourceTransactionManager(to);
            JdbcJobRepositoryFactoryBean factory = new JdbcJobRepositoryFactoryBean();
            factory.setDataSource(to);
            factory.setTransactionManager(transactions);
            factory.afterPropertiesSet();
            JobRepository repository = factory.getObject();
            SimpleJobBuilder builder = null;
            for (Step step : steps(from, to, repository, transactions)) {
                builder = builder == null ? new JobBuilder("totesys", repository).start(step) : builder.next(step);
            }
            Job job = java.util.Objects.requireNonNull(builder).build();
            launch(repository, job);
        } finally {
            to.destroy();
        }
    }

    @SuppressWarnings("removal")
    private static void launch(JobRepository repository, Job job) throws Exception {
        TaskExecutorJobLauncher launcher = new TaskExecutorJobLauncher();
        launcher.setJobRepository(repository);
        launcher.afterPropertiesSet();
        JobExecution execution = launcher.run(
                job,
                new JobParametersBuilder().addLong("run", System.nanoTime()).toJobParameters());
        if (execution.getStatus() != BatchStatus.COMPLETED) {
            throw new IllegalStateException(
                    "The job ended as " + execution.getStatus() + ": " + execution.getAllFailureExceptions());
        }
    }

    private List<Step> steps(
            DataSource from, DataSource to, JobRepository repository, DataSourceTransactionManager transactions) {
        java.util.ArrayList<Step> steps = new java.util.ArrayList<>();
        for (TotesysFloor.Dimension dimension : TotesysFloor.DIMENSIONS) {
            int columns = dimension.columns().split(",").length;
            steps.add(new StepBuilder(dimension.table(), repository)
                    .<Object[], Object[]>chunk(CHUNK)
                    .transactionManager(transactions)
                    .reader(reader(dimension.table(), from, dimension.sql() + " ORDER BY 1", (row, number) -> {
                        Object[] values = new Object[columns];
                        for (int i = 0; i < columns; i++) {
                            values[i] = row.getObject(i + 1);
                        }
                        return values;
                    }))
                    .writer(SpringBatchPeer.<Object[]>writer(
                            to,
                            "INSERT INTO " + dimension.table() + " (" + dimension.columns() + ") VALUES ("
                                    + String.join(", ", Collections.nCopies(columns, "?")) + ")",
                            (values, insert) -> {
                                for (int i = 0; i < columns; i++) {
                                    insert.setObject(i + 1, values[i]);
                                }
                            }))
                    .build());
        }
        steps.add(new StepBuilder("dim_date", repository)
                .tasklet(
                        (contribution, context) -> {
                            new org.springframework.jdbc.core.JdbcTemplate(to).execute(TotesysFloor.CALENDAR);
                            return org.springframework.batch.infrastructure.repeat.RepeatStatus.FINISHED;
                        },
                        transactions)
                .build());
        steps.add(new StepBuilder("fact_sales_order", repository)
                .<SalesOrder, Fact>chunk(CHUNK)
                .transactionManager(transactions)
                .reader(reader(
                        "sales_order", from, "SELECT * FROM sales_order ORDER BY sales_order_id", SalesOrder::of))
                .processor(Fact::of)
                .writer(writer(to, INSERT, Fact::bind))
                .build());
        return steps;
    }

    private static <T> JdbcCursorItemReader<T> reader(
            String name, DataSource from, String sql, org.springframework.jdbc.core.RowMapper<T> mapper) {
        return new JdbcCursorItemReaderBuilder<T>()
                .name(name)
                .dataSource(from)
                .connectionAutoCommit(false)
                .fetchSize(CHUNK)
                .sql(sql)
                .rowMapper(mapper)
                .build();
    }

    private static <T> JdbcBatchItemWriter<T> writer(
            DataSource to,
            String sql,
            org.springframework.batch.infrastructure.item.database.ItemPreparedStatementSetter<T> setter) {
        JdbcBatchItemWriter<T> writer = new JdbcBatchItemWriterBuilder<T>()
                .dataSource(to)
                .sql(sql)
                .itemPreparedStatementSetter(setter)
                .assertUpdates(false)
                .build();
        writer.afterPropertiesSet();
        return writer;
    }

    private PGSimpleDataSource dataSource(String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(server.jdbcUrl(database));
        source.setUser(server.user());
        source.setPassword(server.password());
        source.setReWriteBatchedInserts(true);
        return source;
    }

    @Override
    public String toString() {
        return "SpringBatchPeer" + Arrays.asList(CHUNK);
    }
}
