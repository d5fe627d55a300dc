use std::time::Duration;

use logto_admin::Result;
use logto_admin::models::CreateUser;
use logto_admin_emulator::Emulator;

use crate::account_center::Account;

const DAY: Duration = Duration::from_secs(86_400);

#[tokio::test]
async fn new_users_are_counted_by_day() -> Result<()> {
    let emulator = Emulator::new();
    let client = emulator.client()?;
    client.users().create(CreateUser::default()).await?;
    emulator.advance(DAY);
    client.users().create(CreateUser::default()).await?;
    client.users().create(CreateUser::default()).await?;
    assert_eq!(client.dashboard().get_total_user_count().await?.total_user_count, 3);
    let counts = client.dashboard().get_new_user_counts().await?;
    assert_eq!((counts.today.count, counts.today.delta), (2, 1));
    assert_eq!((counts.last7_days.count, counts.last7_days.delta), (3, 3));
    emulator.advance(8 * DAY);
    let counts = emulator.client()?.dashboard().get_new_user_counts().await?;
    assert_eq!((counts.today.count, counts.last7_days.count, counts.last7_days.delta), (0, 0, -3));
    Ok(())
}

#[tokio::test]
async fn users_with_new_tokens_are_active() -> Result<()> {
    let Account { emulator, admin: client, me, .. } = Account::new().await?;
    me.my_account().get_profile().await?;
    emulator.advance(DAY);
    let counts = client.dashboard().get_active_user_counts().await?;
    assert_eq!((counts.dau.count, counts.dau.delta, counts.wau.count, counts.mau.count), (0, -1, 1, 1));
    let days: Vec<(&str, i64)> = counts.dau_curve.iter().map(|day| (day.date.as_str(), day.count)).collect();
    assert_eq!(
        (days.len(), days[0], days[28], days[29]),
        (30, ("2024-12-04", 0), ("2025-01-01", 1), ("2025-01-02", 0))
    );
    let earlier = client.dashboard().get_active_user_counts().date("2024-12-31").await?;
    assert_eq!((earlier.dau_curve[29].date.as_str(), earlier.mau.count), ("2024-12-31", 0));
    Ok(())
}
