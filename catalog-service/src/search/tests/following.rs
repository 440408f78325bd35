//! How the index keeps up with what is written.

use super::*;

#[tokio::test]
async fn a_write_is_found_as_soon_as_it_is_answered() {
    let shop = Shop::new().await;
    for number in 0..20 {
        let id = format!("mug-{number}");
        shop.sells(titled(&id, &format!("Mug{number}x"))).await;
        assert_eq!(shop.finds(&format!("mug{number}x")).await, std::slice::from_ref(&id));
        shop.acts(&id, ProductAction::Delete).await;
        assert!(shop.finds(&format!("mug{number}x")).await.is_empty());
    }
}

#[tokio::test]
async fn a_category_that_is_renamed_or_moved_takes_its_products_along() {
    let shop = Shop::new().await;
    shop.has_category("home", "Household", None).await;
    shop.has_category("garden", "Garden", None).await;
    shop.has_category("cups", "Cups", Some("home")).await;
    shop.sells(titled("mug", "Enamel mug").in_category("cups")).await;
    assert_eq!(shop.finds("household").await, ["mug"]);
    shop.moves_category("cups", "Beakers", Some("garden")).await;
    assert!(shop.finds("household").await.is_empty());
    assert!(shop.finds("cups").await.is_empty());
    assert_eq!(shop.finds("garden beakers").await, ["mug"]);
    shop.moves_category("garden", "Outdoors", None).await;
    assert_eq!(shop.finds("outdoors").await, ["mug"]);
}
